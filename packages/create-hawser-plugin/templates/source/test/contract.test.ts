import { Secret } from "@hawser/core/plugin";
import { describeSource, pluginContext } from "@hawser/testkit";
import plugin from "../src/index.ts";
import { type Files, startChannelServer } from "./channel-server.ts";

const token = "canary-token";

describeSource("__name__", {
  create: async () => {
    const server = await startChannelServer(token);
    let files: Files = {};
    let version = 0;
    const change = async () => {
      version += 1;
      files = { "index.html": `<h1>version ${version}</h1>\n`, VERSION: `${version}\n` };
      await server.publish("stable", `1.0.${version}`, files);
    };
    await change();
    return {
      source: await plugin.create({ url: server.url, token: new Secret(token) }, pluginContext()),
      tree: async () => files,
      change,
      missingRef: "no-such-channel",
      hostileRefs: ["stable/../other", "stable?x", "stable%2fx"],
      contacts: server.requests,
      secrets: [token],
      [Symbol.asyncDispose]: server.stop,
    };
  },
});
