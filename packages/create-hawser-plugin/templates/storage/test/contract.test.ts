import { Secret } from "@hawser/core/plugin";
import { describeStorage, operationContext, pluginContext } from "@hawser/testkit";
import { expect, it, onTestFinished } from "vitest";
import plugin from "../src/index.ts";
import { startObjectStore } from "./object-store.ts";

const token = new Secret("canary-token");

const started = async () => {
  const store = await startObjectStore(token.reveal());
  onTestFinished(store.stop);
  const another = async () => plugin.create({ url: store.url, token }, pluginContext());
  return { store, another };
};

let another: Awaited<ReturnType<typeof started>>["another"];

describeStorage("__name__", {
  create: async () => {
    ({ another } = await started());
    return another();
  },
  second: () => another(),
  plugin,
});

it("says that it was refused, without the token", async () => {
  const { store } = await started();
  const wrong = new Secret("wrong-canary");
  const storage = await plugin.create({ url: store.url, token: wrong }, pluginContext());
  const refused = await storage.stat({ key: "app/x" }, operationContext()).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "HWS_OBJECTS_STATUS", retryable: false });
  expect(JSON.stringify(refused)).not.toContain("wrong-canary");
});

it("says that a server which is gone may be tried again", async () => {
  const { store } = await started();
  const storage = await plugin.create({ url: store.url, token }, pluginContext());
  await store.stop();
  onTestFinished(() => storage[Symbol.asyncDispose]?.());
  await expect(storage.stat({ key: "app/x" }, operationContext())).rejects.toMatchObject({
    code: "HWS_OBJECTS_UNREACHABLE",
    retryable: true,
  });
});

it("gives instances nothing but a token that may only read", async () => {
  const options = { url: "https://objects.example.org/releases", token };
  expect((await plugin.create(options, pluginContext())).readerFor).toBeUndefined();
  const reading = await plugin.create({ ...options, readToken: new Secret("read") }, pluginContext());
  const request = { application: "shop", environment: "" };
  const reader = await reading.readerFor?.(request, operationContext());
  expect(reader).toMatchObject({ kind: "https", url: options.url });
  expect(reader?.kind === "https" && reader.headers["authorization"]?.reveal()).toBe("Bearer read");
});
