import type { RunEvent } from "@hawser/core";
import { type LoadResult, startLoad } from "@hawser/testkit";
import { expect, test, vi } from "vitest";
import { openAwsStage } from "./aws-stage.ts";
import { ending } from "./hawser-process.ts";
import { scale } from "./scale.ts";
import { isOpen, journalOf, newestRun, until } from "./watching.ts";

vi.setConfig({ testTimeout: 600_000 });

const failures = ({ failed, errors }: LoadResult) => ({ failed, errors });
const none = { failed: 0, errors: [] };

const comesTo =
  (state: string) =>
  (event: RunEvent): boolean =>
    event.type === "instance" && event.state === state;

test("every third call throttled: a deploy and a rollback go through and lose no request", async () => {
  await using account = await openAwsStage();
  const { stage, aws, url, current, targets } = account;
  await using load = startLoad({ url, rate: 50 });
  await load.flowing;
  aws.throttleEvery = 3;
  expect(ending(await stage.hawser("deploy", "--ref", "v2"))).toBe("0 done");
  expect(current()).toEqual(["000002", "000002", "000002"]);
  expect(ending(await stage.hawser("rollback"))).toBe("0 done");
  expect(current()).toEqual(["000001", "000001", "000001"]);
  aws.throttleEvery = 0;
  expect(targets.healthy).toBe(3);
  expect(failures(await load.stop())).toEqual(none);
});

test("the API down before a drain: no instance is touched, and the next deploy goes through", async () => {
  await using account = await openAwsStage();
  const { stage, aws, url, current, targets } = account;
  await using load = startLoad({ url, rate: 50 });
  await load.flowing;
  const deploy = stage.start("deploy", "--ref", "v2");
  await deploy.event((event) => event.type === "step" && event.step === "install" && event.phase === "done");
  aws.down = true;
  const end = await deploy.ended;
  expect(end.result).toMatchObject({ exitCode: 1, outcome: "untouched" });
  expect(current()).toEqual(["000001", "000001", "000001"]);
  aws.down = false;
  expect(targets.healthy).toBe(3);
  expect(ending(await stage.hawser("deploy", "--ref", "v2"))).toBe("0 done");
  expect(failures(await load.stop())).toEqual(none);
});

test("the API down for a while after a drain: the run waits for it and ends well", async () => {
  await using account = await openAwsStage();
  const { stage, aws, url, current, targets } = account;
  await using load = startLoad({ url, rate: 50 });
  await load.flowing;
  const deploy = stage.start("deploy", "--ref", "v2");
  await deploy.event(comesTo("switching"));
  aws.down = true;
  setTimeout(() => {
    aws.down = false;
  }, 5_000);
  expect(ending(await deploy.ended)).toBe("0 done");
  expect(current()).toEqual(["000002", "000002", "000002"]);
  expect(targets.healthy).toBe(3);
  expect(failures(await load.stop())).toEqual(none);
});

test("a drain that never ends: with `abort` nobody is touched and all are in; `force` waits for AWS's own delay", async () => {
  await using account = await openAwsStage({ delaySeconds: 3_600 });
  const { stage, current, targets, rollout } = account;
  await rollout({ drainTimeoutMs: 3_000, onDrainTimeout: "abort" });
  const end = await stage.hawser("deploy", "--ref", "v2");
  expect(end.result?.exitCode).toBe(1);
  expect(end.result?.error?.code).toMatch(/DRAIN/);
  expect(current()).toEqual(["000001", "000001", "000001"]);
  await until("who drained is in again", () => targets.healthy === 3);
  // AWS has no call that cuts sooner: nothing is switched as long as requests may be open.
  await rollout({ onDrainTimeout: "force" });
  const waiting = stage.start("deploy", "--ref", "v2");
  await waiting.event((event) => event.type === "waiting" && event.what.startsWith("open requests"));
  waiting.kill("SIGTERM");
  expect((await waiting.ended).result).toMatchObject({ exitCode: 130, outcome: "interrupted" });
  expect(current()).toEqual(["000001", "000001", "000001"]);
  expect((await stage.hawser("deploy", "--abandon")).exitCode).toBe(0);
  await until("who drained is in again", () => targets.healthy === 3);
});

test("an instance that vanishes in the middle: the others are brought to the release, and it is no failure", async () => {
  await using account = await openAwsStage();
  const { stage, aws, scaling, machines, current, targets, url } = account;
  await using load = startLoad({ url, rate: 50 });
  await load.flowing;
  const deploy = stage.start("deploy", "--ref", "v2");
  const event = await deploy.event(comesTo("switching"));
  const machine = machines.find(({ id }) => event.type === "instance" && id === event.instance);
  const at = machines.findIndex(({ id }) => id === machine?.id);
  const own = stage.fleet.instances[at];
  if (machine === undefined || own === undefined) throw new Error("nobody is switched");
  machine.state = "terminated";
  scaling.remove(machine.id);
  await stage.fleet.stopInstance(own.id);
  const end = await deploy.ended;
  expect(ending(end)).toBe("0 done");
  const others = current().filter((_, index) => index !== at);
  expect(others).toEqual(["000002", "000002"]);
  expect(targets.healthy).toBe(2);
  expect(aws.account.targetGroups.size).toBe(1);
  expect(failures(await load.stop())).toEqual(none);
});

const kills = [
  ["suspend intent", "--resume"],
  ["wave-1 intent", "--abandon"],
  ["suspend done", "--abandon"],
  ["stage intent", "--resume"],
  ["publish intent", "--resume"],
] as const;

test.each(scale.name === "whole" ? kills : kills.slice(0, 2))(
  "killed after %s, %s gives back exactly what was suspended",
  async (boundary, remedy) => {
    await using account = await openAwsStage({ suspend: ["Launch", "Terminate", "AZRebalance"] });
    const { stage, scaling } = account;
    expect([...scaling.suspended]).toEqual([]);
    scaling.suspended.add("AZRebalance");
    const last = await newestRun(stage);
    const deploy = stage.start("deploy", "--ref", "v2");
    await until(
      boundary,
      async () => (await newestRun(stage)) > last && (await journalOf(stage)).includes(boundary),
    );
    deploy.kill();
    await deploy.ended;
    expect(await isOpen(stage)).toBe(true);
    const end = await stage.hawser("deploy", remedy);
    expect(end.exitCode).toBe(0);
    expect([...scaling.suspended]).toEqual(["AZRebalance"]);
    expect(await isOpen(stage)).toBe(false);
  },
);
