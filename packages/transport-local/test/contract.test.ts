import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeTransport, pluginContext, testDirectory } from "@hawser/testkit";
import localTransport from "../src/index.ts";

/** A process that has ended but was not waited for yet is not running. */
const isRunning = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));

describeTransport("transport-local", {
  create: async () => localTransport.create({}, pluginContext()),
  place: async () => {
    const root = testDirectory();
    return {
      instance: { id: "local", address: "localhost", roles: ["web"], lifecycle: "inService", root },
      root,
      isRunning: async (pid) => isRunning(pid),
      overwrite: (path, text) => writeFile(join(root, path), text),
    };
  },
});
