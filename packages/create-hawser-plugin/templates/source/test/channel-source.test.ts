import { Secret } from "@hawser/core/plugin";
import { operationContext, pluginContext } from "@hawser/testkit";
import { expect, it, onTestFinished } from "vitest";
import plugin from "../src/index.ts";
import { startChannelServer } from "./channel-server.ts";

const started = async (token: string) => {
  const server = await startChannelServer("right");
  onTestFinished(server.stop);
  const source = await plugin.create({ url: server.url, token: new Secret(token) }, pluginContext());
  return { server, source };
};

it.each([
  "",
  "[]",
  "null",
  '{"version":"1","archive":"../../etc/passwd","sha256":"x"}',
  `{"version":"1","archive":"page.html","sha256":"${"0".repeat(64)}"}`,
  " ".repeat(70_000),
])("refuses a channel's file that it cannot understand: %#", async (text) => {
  const { server, source } = await started("right");
  server.say("stable", text);
  await expect(source.resolve({}, operationContext())).rejects.toMatchObject({ code: "HWS_CHANNEL_ANSWER" });
});

it("says that it was refused, without the token", async () => {
  const { server, source } = await started("wrong-canary");
  await server.publish("stable", "1.0.0", { "index.html": "hello" });
  const refused = await source.resolve({}, operationContext()).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "HWS_CHANNEL_STATUS", retryable: false });
  expect(JSON.stringify(refused)).not.toContain("wrong-canary");
});
