import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FleetInstance } from "@hawser/testkit";
import { startLoad } from "@hawser/testkit";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { madeUp } from "./application.ts";
import { ending } from "./hawser-process.ts";
import { openStage, type Stage } from "./stage.ts";
import { installing, newestRun, until } from "./watching.ts";

vi.setConfig({ testTimeout: 600_000 });

/** Needed where there is a file `pending`; goes on when there is a file `go`. */
const migrate = {
  name: "migrate",
  needed: 'test -e "$HAWSER_ROOT/pending"',
  run: `cd "$HAWSER_ROOT" && : >migrating
tries=0
until [ -e go ] || [ "$tries" -gt 1200 ]; do sleep 0.1; tries=$((tries + 1)); done
rm -f pending`,
  maintenance: true,
};

let stage: Stage;
let first: FleetInstance;
const file = (name: string): string => join(first.folder, name);

beforeAll(async () => {
  stage = await openStage({
    instances: 3,
    application: (directory) => madeUp(directory, { versions: 7 }),
    config: (config) => ({
      ...installing({
        once: { before: [migrate] },
        maintenance: { on: [": >maintenance"], off: ["rm -f maintenance"] },
        generated: ["maintenance"],
      })(config),
      rollout: { waves: [1, "100%"] },
    }),
  });
  first = stage.fleet.instances[0] as FleetInstance;
  expect(ending(await stage.hawser("deploy", "--ref", stage.refs[0]!))).toBe("0 done");
}, 600_000);
afterAll(() => stage?.[Symbol.asyncDispose]());
beforeEach(async () => {
  for (const name of ["pending", "migrating", "go"]) await rm(file(name), { force: true });
});

/** What visitors get, as `<instance> <status>` of every instance behind the load balancer, and what it says. */
const pages = async (): Promise<{
  readonly seen: readonly string[];
  readonly texts: ReadonlySet<string>;
}> => {
  const seen = new Set<string>();
  const texts = new Set<string>();
  for (let count = 0; count < 12; count++) {
    const answer = await fetch(`${stage.url}/release.txt`, { headers: { connection: "close" } });
    texts.add((await answer.text()).trim());
    seen.add(`${answer.headers.get("x-instance")} ${answer.status}`);
  }
  return { seen: [...seen].sort(), texts };
};
const everywhere = (status: number): string[] =>
  stage.fleet.instances.map(({ id }) => `${id} ${status}`).sort();
const away = () => ({ seen: everywhere(503), texts: new Set(["maintenance"]) });
const whole = () => stage.invariants({ generated: ["maintenance"] });

/** Each test ships a version that nobody ran before. */
let ships = 0;
const nextRef = (): string => stage.refs[++ships] as string;

/** A deploy in the middle of a migration that is needed. */
const migrating = async (ref: string) => {
  await writeFile(file("pending"), "");
  const deploy = stage.start("deploy", "--ref", ref);
  await Promise.race([until("the migration runs", () => existsSync(file("migrating"))), deploy.ended]);
  return deploy;
};

test("a deploy whose migration is not needed shows visitors nothing of it", async () => {
  await using load = startLoad({ url: `${stage.url}/release.txt`, rate: 100 });
  await load.flowing;
  expect(ending(await stage.hawser("deploy", "--ref", nextRef()))).toBe("0 done");
  const { failed, errors } = await load.stop();
  expect({ failed, errors }).toEqual({ failed: 0, errors: [] });
  expect(existsSync(file("migrating"))).toBe(false);
});

test("one that is needed runs while every instance shows maintenance, and the release comes out of it everywhere", async () => {
  const deploy = await migrating(nextRef());
  expect(await pages()).toEqual(away());
  const { result } = await stage.hawser("status");
  expect(result?.maintenance).toMatchObject({
    run: await newestRun(stage),
    why: expect.stringContaining("migrate"),
  });
  await writeFile(file("go"), "");
  expect(ending(await deploy.ended)).toBe("0 done");
  expect((await pages()).seen).toEqual(everywhere(200));
  expect((await stage.hawser("status")).result).not.toHaveProperty("maintenance");
  expect(await whole()).toEqual([]);
});

test("after kill -9 in the middle of it status says so, and resume ends it", async () => {
  const ref = nextRef();
  const deploy = await migrating(ref);
  deploy.kill();
  await deploy.ended;
  expect(await pages()).toEqual(away());
  const said = (await stage.plainly("status")).stdout;
  expect(said).toMatch(
    new RegExp(`maintenance is on since .*, by run ${await newestRun(stage)} of .*: .*migrate`),
  );
  expect(said).toContain("next: hawser deploy --resume");
  await writeFile(file("go"), "");
  const resumed = await stage.hawser("deploy", "--resume");
  expect(ending(resumed)).toBe("0 done");
  expect((await pages()).seen).toEqual(everywhere(200));
  expect((await stage.hawser("status")).result).not.toHaveProperty("maintenance");
  expect(await whole()).toEqual([]);
});

test("after kill -9 abandon ends it too, and what ran before is seen again", async () => {
  const before = stage.current(first.id);
  const deploy = await migrating(nextRef());
  deploy.kill();
  await deploy.ended;
  expect(await pages()).toEqual(away());
  const back = await stage.hawser("deploy", "--abandon");
  expect(ending(back)).toBe("0 putBack");
  expect(back.result).not.toHaveProperty("maintenance");
  await writeFile(file("go"), "");
  expect((await pages()).seen).toEqual(everywhere(200));
  expect(stage.current(first.id)).toBe(before);
  expect(await whole()).toEqual([]);
});

test("a person's own outlives a deploy, and leaves no mark for a rollback to bring back", async () => {
  expect(ending(await stage.hawser("maintenance", "on", "--reason", "moving the database"))).toBe("0 done");
  expect(await pages()).toEqual(away());
  const before = stage.current(first.id);
  expect(ending(await stage.hawser("deploy", "--ref", nextRef()))).toBe("0 done");
  expect(stage.current(first.id)).not.toBe(before);
  expect(await pages()).toEqual(away());
  expect((await stage.plainly("status")).stdout).toMatch(/maintenance is on since .*: moving the database/);
  expect(ending(await stage.hawser("maintenance", "off"))).toBe("0 done");
  expect((await pages()).seen).toEqual(everywhere(200));
  expect(ending(await stage.hawser("rollback"))).toBe("0 done");
  expect(stage.current(first.id)).toBe(before);
  expect((await pages()).seen).toEqual(everywhere(200));
  const history = (await stage.hawser("history", "--limit", "4")).result as unknown as {
    history: { verb: string }[];
  };
  expect(history.history.map(({ verb }) => verb)).toEqual([
    "rollback",
    "maintenance off",
    "deploy",
    "maintenance on",
  ]);
  expect(await whole()).toEqual([]);
});
