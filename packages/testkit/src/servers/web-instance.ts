import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Fleet } from "./fleet.ts";
import { freePort } from "./port.ts";

export interface WebInstanceOptions {
  /** Default 80, or a free one where instances share this machine's network. */
  readonly port?: number;
  /** Two files of a release that name it. Default `release.txt` and `public/release.txt`. */
  readonly releaseFiles?: readonly [string, string];
}

/**
 * A web server on an instance that serves `<root>/current`: `/health` (503 without a release), `/__release?gap=MS`
 * (both files, read one after the other within one request), and the files of the release; with a file `maintenance` in the
 * release everything but `/health` is a 503 that says so. Every answer names
 * instance and release in `x-instance` and `x-release`.
 */
export interface WebInstance extends AsyncDisposable {
  readonly url: string;
  readonly address: string;
  readonly port: number;
  /** Ends it as a careful restart does: open requests are answered, keep-alive connections closed. */
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL("../../programs/web-server.mjs", import.meta.url));

export const startWebInstance = async (
  fleet: Fleet,
  id: string,
  options: WebInstanceOptions = {},
): Promise<WebInstance> => {
  const instance = fleet.instances.find((each) => each.id === id);
  if (instance === undefined) throw new Error(`the fleet has no instance ${id}`);
  const { address, root } = instance;
  const port = options.port ?? (fleet.isolation === "namespaces" ? 80 : await freePort(address));
  const files = options.releaseFiles ?? ["release.txt", "public/release.txt"];
  // An instance with a network of its own answers on its loopback too: that is where its own health check asks.
  const listen = fleet.isolation === "namespaces" ? "0.0.0.0" : address;
  const argv = [process.execPath, program, root, listen, String(port), ...files];
  const child = fleet.spawn(id, argv, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const ready = child.stdout === null ? exited : once(child.stdout, "data");
  await Promise.race([
    ready,
    exited.then(([code]) => {
      throw new Error(`the web server of ${id} ended with ${code}`);
    }),
  ]);
  const stop = async (): Promise<void> => {
    // Standard input is the way through to the server itself: a signal would end only what entered the instance.
    child.stdin?.end();
    await exited;
  };
  return { url: `http://${address}:${port}`, address, port, stop, [Symbol.asyncDispose]: stop };
};
