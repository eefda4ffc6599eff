import { setTimeout as sleep } from "node:timers/promises";
import { operationContext, pluginContext, probeProgram } from "@hawser/testkit";
import { expect, test } from "vitest";
import localTransport from "../src/index.ts";
import { startLocal } from "../src/local-channel.ts";

const open = async (root: string) => {
  const transport = await localTransport.create({}, pluginContext());
  const instance = { id: "one", address: "localhost", roles: ["web"], lifecycle: "inService" } as const;
  return transport.open({ instance, root, program: probeProgram(), keep: false }, operationContext());
};

test.each(["srv/app", "./app", ""])("the root %j is refused, for it is not absolute", async (root) => {
  await expect(open(root)).rejects.toMatchObject({ code: "HWS_TRANSPORT_ROOT" });
});

test("nothing of this process's environment reaches the instance but what a login has", async () => {
  process.env.HAWSER_TEST_CANARY = "seen";
  const channel = await startLocal("env");
  let text = "";
  for await (const chunk of channel.readable) text += chunk;
  delete process.env.HAWSER_TEST_CANARY;
  const names = text
    .trim()
    .split("\n")
    .map((line) => line.split("=")[0]);
  expect(names.filter((name) => !["PWD", "SHLVL", "_", "OLDPWD"].includes(name!)).sort()).toEqual([
    "HOME",
    "LANG",
    "LOGNAME",
    "PATH",
    "SHELL",
    "USER",
  ]);
});

test("closing ends the whole process group, and a daemon that keeps the output open holds up nobody", async () => {
  const channel = await startLocal("sleep 600 & echo $!; wait");
  const [pid] = (await channel.readable[Symbol.asyncIterator]().next()).value.toString().split("\n");
  channel.close();
  expect(await channel.closed).toMatch(/SIGTERM|status/);
  await expect.poll(() => isAlive(Number(pid)), { timeout: 10_000 }).toBe(false);

  const daemon = await startLocal("setsid sleep 600 & echo $!; exit 0");
  const [left] = (await daemon.readable[Symbol.asyncIterator]().next()).value.toString().split("\n");
  const outcome = await Promise.race([daemon.closed, sleep(15_000).then(() => "still waiting")]);
  process.kill(Number(left));
  expect(outcome).toBe("the command ended with status 0");
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
