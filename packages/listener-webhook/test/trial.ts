import { HttpConnections, Secret } from "@hawser/core";
import type { Listener } from "@hawser/core/plugin";
import { type HookServer, pluginContext, startHookServer } from "@hawser/testkit";
import { onTestFinished } from "vitest";
import type { WebhookOptions } from "../src/options.ts";
import { createListener } from "../src/webhook-listener.ts";

/** A path that nobody may see. */
export const path = "/services/T0000/B0000/very-secret-path";

/** A listener on its way to a server, freed by whoever disposes it. */
export interface HookTrial extends AsyncDisposable {
  readonly listener: Listener;
  readonly server: HookServer;
}

export const openTrial = async (
  options: Partial<WebhookOptions> = {},
  server?: HookServer,
): Promise<HookTrial> => {
  const started = server ?? (await startHookServer());
  const http = new HttpConnections();
  const listener = await createListener(
    { url: new Secret(`${started.origin}${path}`), ...options },
    // No cache is used; one of its own would need a test that runs.
    pluginContext({ http, cacheDirectory: "/nonexistent" }),
  );
  return {
    listener,
    server: started,
    [Symbol.asyncDispose]: async () => {
      await http[Symbol.asyncDispose]();
      await started[Symbol.asyncDispose]();
    },
  };
};

/** The same, gone with the test that runs now. */
export const withTrial = async (...given: Parameters<typeof openTrial>): Promise<HookTrial> => {
  const trial = await openTrial(...given);
  onTestFinished(() => trial[Symbol.asyncDispose]());
  return trial;
};
