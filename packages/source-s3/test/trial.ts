import { HttpConnections } from "@hawser/core";
import { type HttpClient, type PluginContext, Secret, type Source } from "@hawser/core/plugin";
import { type MinioServer, pluginContext, type S3Login, type Toxic, type ToxicProxy } from "@hawser/testkit";
import { onTestFinished } from "vitest";
import plugin, { type S3SourceOptions } from "../src/index.ts";

/** A plugin's context that keeps what was asked for through it. */
export const countingContext = (
  overrides: Partial<PluginContext> = {},
): PluginContext & { readonly requests: string[] } => {
  const context = pluginContext(overrides);
  const requests: string[] = [];
  return {
    ...context,
    requests,
    http: {
      request: (request, operation) => {
        requests.push(`${request.method} ${request.url}`);
        return context.http.request(request, operation);
      },
    },
  };
};

export const makeSource = async (
  options: S3SourceOptions,
  context: PluginContext = pluginContext(),
): Promise<Source> => await plugin.create(options, context);

/** How a source reaches a server as one of its users; at another port when something stands in between. */
export const accessTo = (
  server: MinioServer,
  { login = server.login, port = server.port }: { readonly login?: S3Login; readonly port?: number } = {},
): Pick<S3SourceOptions, "endpoint" | "accessKeyId" | "secretAccessKey"> => ({
  endpoint: server.endpoint.replace(/:\d+$/, `:${port}`),
  accessKeyId: login.accessKeyId,
  secretAccessKey: new Secret(login.secretAccessKey),
});

/** Hurts the first GET of an object, and lets those after it through; each has a connection of its own. */
export const hurtFirst = (proxy: ToxicProxy, key: string, toxic: Toxic): HttpClient => {
  const open = (): HttpConnections => {
    const connections = new HttpConnections({ limits: { stallMs: 400 } });
    onTestFinished(() => connections[Symbol.asyncDispose]());
    return connections;
  };
  const others = open();
  let gets = 0;
  return {
    request: (request, operation) => {
      if (request.method !== "GET" || !request.url.includes(key)) return others.request(request, operation);
      gets += 1;
      if (gets === 1) proxy.poison("downstream", toxic);
      else proxy.heal();
      return open().request(request, operation);
    },
  };
};
