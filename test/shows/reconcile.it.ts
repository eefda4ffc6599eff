import { readdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { FleetInstance } from "@hawser/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ending } from "./hawser-process.ts";
import { RunJournals } from "./run-journal.ts";
import { openStage, type Stage } from "./stage.ts";
import { everything, installing, lockOf, stored, until } from "./watching.ts";
import { startWitnesses } from "./witnesses.ts";

let stage: Stage;
/** All but the last one, which comes and goes. */
let first: readonly FleetInstance[];
let last: FleetInstance;

beforeAll(async () => {
  stage = await openStage({
    instances: 4,
    config: (config) => ({ ...config, rollout: { maxUnavailable: 1 } }),
  });
  first = stage.fleet.instances.slice(0, 3);
  last = stage.fleet.instances[3] as FleetInstance;
  await stage.list(first);
  await succeeds("deploy", "--ref", "v1");
}, 600_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

const succeeds = async (...argv: readonly string[]) => {
  const end = await stage.hawser(...argv);
  if (end.exitCode !== 0) throw new Error(`${argv.join(" ")}: ${ending(end)}`);
  return end;
};

/** The machine is thrown away: the next one of its name has nothing on it. */
const scrap = async (): Promise<void> => {
  await stage.list(first);
  await succeeds("reconcile");
  for (const name of ["current", "releases", "shared", ".hawser"])
    await rm(join(last.folder, name), { recursive: true, force: true });
};

/** Somebody switches an instance to the release before, by one rename. */
const stepBack = async ({ id, folder }: FleetInstance): Promise<void> => {
  const releases = (await readdir(join(folder, "releases"))).sort();
  const before = releases[releases.indexOf(stage.current(id) ?? "") - 1];
  await symlink(`releases/${before}`, join(folder, ".aside"));
  await rename(join(folder, ".aside"), join(folder, "current"));
};

const runs = (): Promise<readonly string[]> => new RunJournals(stage.objects).runs();
const whole = () => stage.invariants();
const without = () => stage.invariants({ without: [last.id] });

/** A watch until the end of a test; it is told to end and has to end well. */
const watching = () => {
  const process = stage.start("watch", "--interval", "500ms");
  return {
    process,
    leased: until(
      "somebody watches",
      async () => (await stored(stage, "watcher"))?.includes(`"pid":${process.pid}`) === true,
    ),
    end: async () => {
      process.kill("SIGTERM");
      expect(ending(await process.ended)).toBe("0 done");
    },
  };
};

test("a newcomer is brought up and joined; a second turn finds nothing and starts no run", async () => {
  await stage.list(stage.fleet.instances);
  expect(ending(await stage.hawser("reconcile"))).toBe("0 done");
  expect(await whole()).toEqual([]);
  const before = await runs();
  expect(ending(await stage.hawser("reconcile"))).toBe("0 unchanged");
  expect(await runs()).toEqual(before);
});

test("who vanished is taken out of the load balancer, and a new machine of its name is brought up", async () => {
  await scrap();
  expect((await stage.balancer())[last.id]).toBe("out");
  await stage.list(stage.fleet.instances);
  expect(ending(await stage.hawser("reconcile"))).toBe("0 done");
  expect(await whole()).toEqual([]);
});

test("an outdated instance is updated without a failed request, one that a person drained stays out", async () => {
  await scrap();
  await succeeds("deploy", "--ref", "v2");
  await stage.list(stage.fleet.instances);
  await succeeds("reconcile");
  await succeeds("drain", "--reason", "a disk", last.id);
  await stepBack(first[0] as FleetInstance);
  await rm(join(last.folder, "current"));
  await using witnesses = await startWitnesses({ ...stage, fleet: { ...stage.fleet, instances: [] } });
  expect(ending(await stage.hawser("reconcile"))).toBe("0 done");
  expect((await witnesses.stop()).load.errors).toEqual([]);
  expect(await stage.invariants({ balancer: { [last.id]: "out" } })).toEqual([]);
  await succeeds("undrain", last.id);
  expect(await whole()).toEqual([]);
});

test("a deployer killed between its last wave and publish, with a watch running: no instance moves, newcomers come up, resume publishes", async () => {
  await scrap();
  const watch = watching();
  await watch.leased;
  const deploy = stage.start("deploy", "--ref", "v3");
  const journals = new RunJournals(stage.objects);
  await journals.passed("publish intent", await journals.newest(), deploy);
  deploy.kill();
  await deploy.ended;
  const before = await everything(stage);
  await stage.list(stage.fleet.instances);
  const desired = await stored(stage, "desired");
  await until(
    "the newcomer serves",
    async () => (await stage.balancer())[last.id] === "in" && stage.current(last.id) !== null,
  );
  const { current } = (await everything(stage)) as { current: Record<string, string> };
  const were = (before as { current: Record<string, string> }).current;
  for (const { id } of first) expect(current[id]).toBe(were[id]);
  expect(await stored(stage, "desired")).toBe(desired);
  await succeeds("deploy", "--resume", "--wait=1m");
  await until("all is whole", async () => (await whole()).length === 0);
  await watch.end();
});

test("beside a deploy that is under way a watch brings newcomers to what is desired then, and all end at the new release", async () => {
  await scrap();
  await stage.configure(installing({ activate: ["sleep 2"] }));
  await succeeds("deploy", "--ref", "v4");
  const watch = watching();
  await watch.leased;
  const deploy = stage.start("deploy", "--ref", "v5", "--wait=1m");
  await deploy.event((event) => event.type === "wave" && event.phase === "started");
  await stage.list(stage.fleet.instances);
  expect(ending(await deploy.ended)).toBe("0 done");
  await until("all is whole", async () => (await whole()).length === 0);
  await watch.end();
  await stage.configure(installing({ activate: [] }));
});

test("of two watches one works; when it is killed the other goes on, and puts right what it was at", async () => {
  await scrap();
  const one = watching();
  await one.leased;
  const other = watching();
  await other.process.event((event) => event.type === "waiting" && event.what.includes("lease"));
  await stage.list(stage.fleet.instances);
  await one.process.event(
    (event) => event.type === "instance" && event.instance === last.id && event.state !== "surveyed",
  );
  one.process.kill();
  await one.process.ended;
  await other.leased;
  await until("all is whole", async () => (await whole()).length === 0);
  // The run that made it whole still ends.
  await until("the lock is free", async () => (await lockOf(stage)).state === "free");
  await other.end();
  expect(await without()).toEqual([]);
});
