import { Secret } from "@hawser/core/plugin";
import {
  describeListener,
  listenerContext,
  pluginContext,
  runResult,
  startHookServer,
} from "@hawser/testkit";
import { expect, it, onTestFinished } from "vitest";
import plugin from "../src/index.ts";

/** A server on a random port of this machine stands where Grafana does. */
const started = async () => {
  const server = await startHookServer();
  const options = { url: `${server.origin}/`, token: new Secret("canary"), tags: ["hawser"] };
  return { server, listener: await plugin.create(options, pluginContext()) };
};

describeListener("__name__", {
  create: async () => {
    const { server, listener } = await started();
    return {
      listener,
      told: async () => server.requests.map(({ body }) => body),
      fail: async () => server.answer({ status: 403 }),
      hang: async () => server.answer("hang"),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
});

it("is what Grafana takes", async () => {
  const { server, listener } = await started();
  onTestFinished(() => server[Symbol.asyncDispose]());
  await listener.on(runResult(), listenerContext({ moments: ["done"] }));
  const [request] = server.requests;
  expect(request).toMatchObject({
    method: "POST",
    path: "/api/annotations",
    headers: { authorization: "Bearer canary", "content-type": "application/json" },
  });
  expect(JSON.parse(request?.body ?? "")).toEqual({
    time: runResult().time,
    tags: ["shop", "production", "done", "hawser"],
    text: "deploy of shop on production: done, release 000004",
  });
});
