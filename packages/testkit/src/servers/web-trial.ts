import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { Instance, LoadBalancer } from "@hawser/core/plugin";
import type { HeldRequest, LoadBalancerTrial } from "../describe-load-balancer.ts";
import type { ReleaseApp } from "./http-release-app.ts";

const answer = (url: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(url, { agent: false }, resolve).once("error", reject);
  });

/** The releases that answered a number of requests, one after another, each on a connection of its own. */
export const serveAt = async (port: number, requests: number): Promise<readonly string[]> => {
  const served: string[] = [];
  for (let sent = 0; sent < requests; sent++) {
    const response = await answer(`http://127.0.0.1:${port}/`);
    response.resume();
    await once(response, "end");
    served.push(String(response.headers["x-release"] ?? `status ${response.statusCode}`));
  }
  return served;
};

let keys = 0;

/** Opens an answer that lasts until it is ended, at the application whose release is wanted. */
export const holdAt = async (port: number, app: ReleaseApp): Promise<HeldRequest> => {
  for (let tries = 0; tries < 20; tries++) {
    const key = `key${keys++}`;
    const response = await answer(`http://127.0.0.1:${port}/hold?key=${key}`);
    if (response.headers["x-release"] !== app.release) {
      response.destroy();
      continue;
    }
    const over = new Promise<"ended" | "cut">((resolve) => {
      response.once("end", () => resolve("ended"));
      response.once("error", () => resolve("cut"));
      response.resume();
    });
    return { over, end: () => app.end(key) };
  }
  throw new Error(`no request reaches ${app.release}`);
};

/** A load balancer before web applications, each of which answers with the id of its instance. */
export interface WebTrialParts extends Pick<LoadBalancerTrial, "instances" | "stranger"> {
  readonly loadBalancer: LoadBalancer;
  /** The port of loopback on which the load balancer takes requests. */
  readonly port: number;
  readonly apps: readonly ReleaseApp[];
  /** What else is true of a machine that is taken away. */
  removed?(instance: Instance): void;
  /** Ends what stands around the load balancer. */
  close(): PromiseLike<void>;
}

/** The trial of the contract's suite that asks as clients do: requests over HTTP. */
export const webTrial = (parts: WebTrialParts): LoadBalancerTrial => {
  const { loadBalancer, instances, stranger, port, apps } = parts;
  const appOf = (wanted: Instance): ReleaseApp => {
    const app = apps.find(({ release }) => release === wanted.id);
    if (!app) throw new Error(`no application ${wanted.id}`);
    return app;
  };
  return {
    loadBalancer,
    instances,
    stranger,
    serve: (requests) => serveAt(port, requests),
    hold: (wanted) => holdAt(port, appOf(wanted)),
    remove: async (wanted) => {
      await appOf(wanted).stop();
      parts.removed?.(wanted);
    },
    [Symbol.asyncDispose]: async () => {
      await loadBalancer[Symbol.asyncDispose]?.();
      await parts.close();
    },
  };
};
