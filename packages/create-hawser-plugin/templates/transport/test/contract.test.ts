import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Instance, Secret } from "@hawser/core/plugin";
import {
  describeTransport,
  operationContext,
  pluginContext,
  probeProgram,
  testDirectory,
} from "@hawser/testkit";
import { expect, it } from "vitest";
import plugin from "../src/index.ts";

const instance: Instance = { id: "here", address: "localhost", roles: ["web"], lifecycle: "inService" };

/** `env` runs a command in a changed environment: a way to this machine, as `docker exec` is one to a container. */
const here = ["env", "INSTANCE={id}"];

const created = async (command: readonly string[]) =>
  plugin.create({ command, env: { CANARY: new Secret("value") } }, pluginContext());

/** A process that has ended but was not waited for yet is not running. */
const isRunning = (pid: number): boolean => {
  if (existsSync("/proc/self/stat"))
    return existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describeTransport("__name__", {
  create: () => created(here),
  place: async () => {
    const root = testDirectory();
    return {
      instance,
      root,
      isRunning: async (pid) => isRunning(pid),
      overwrite: (path, text) => writeFile(join(root, path), text),
    };
  },
  unreachable: async () => ({
    create: () => created(["sh", "-c", "echo no such container >&2; exit 1", "{id}"]),
    instance,
    root: testDirectory(),
  }),
});

it("says why a program that is missing reaches nothing", async () => {
  const transport = await created(["no-such-program", "{id}"]);
  const request = { instance, root: testDirectory(), program: probeProgram(), keep: false };
  await expect(transport.open(request, operationContext())).rejects.toMatchObject({
    code: "HWS_TRANSPORT_UNREACHABLE",
    message: expect.stringContaining("no-such-program"),
  });
});
