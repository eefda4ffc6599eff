import { rmSync, writeFileSync } from "node:fs";
import { utimes } from "node:fs/promises";
import { join } from "node:path";
import { describeInventory, pluginContext, temporaryDirectory } from "@hawser/testkit";
import staticInventory from "../src/index.ts";

const nothing = async () => {};

describeInventory("inventory-static with instances", {
  create: async () => ({
    inventory: await staticInventory.create(
      {
        instances: ["web1.dc", "10.0.0.2", "2001:db8::1", { id: "w", address: "web9.dc", roles: ["worker"] }],
      },
      pluginContext(),
    ),
    [Symbol.asyncDispose]: nothing,
  }),
});

describeInventory("inventory-static with a file", {
  create: async () => {
    const directory = temporaryDirectory();
    const file = join(directory, "instances.yaml");
    const write = async (text: string) => {
      writeFileSync(file, text);
      // The file rests: it was not written just now.
      await utimes(file, 1_000_000_000, 1_000_000_000);
    };
    await write("- web1.dc\n- { id: w, address: web2.dc, port: 2222, roles: [worker] }\n");
    return {
      inventory: await staticInventory.create({ file }, pluginContext()),
      empty: () => write("[]\n"),
      damage: () => write("- web1.dc\n- { id: w, addr"),
      [Symbol.asyncDispose]: async () => rmSync(directory, { recursive: true, force: true }),
    };
  },
});
