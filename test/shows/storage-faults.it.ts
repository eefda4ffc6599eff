import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Affected, Weather } from "@hawser/testkit";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { madeUp } from "./application.ts";
import { type Bucket, currentFiles, noise, openBucket, preparing } from "./bucket.ts";
import { ending, type HawserEnd, type HawserProcess } from "./hawser-process.ts";
import { scale } from "./scale.ts";
import { openStage, type Stage } from "./stage.ts";

const wholeBytes = 1 << 20;
const changedBytes = 600_000;
/** How long storage is bad. */
const badMs = scale.name === "whole" ? 60_000 : 8_000;

vi.setConfig({ testTimeout: 600_000 });

let stage: Stage;
let bucket: Bucket;
/** Every test ships a version of its own. */
let version = 0;
const nextRef = (): string => {
  const ref = stage.refs[version++];
  if (ref === undefined) throw new Error("the application has too few versions");
  return ref;
};

beforeAll(async () => {
  stage = await openStage({
    instances: 2,
    application: (directory) => madeUp(directory, { versions: 12 }),
    config: preparing(
      noise("stays.bin", wholeBytes, "stays"),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's.
      noise("changes.bin", changedBytes, "${HAWSER_REVISION}"),
    ),
  });
  bucket = await openBucket(stage);
  expect(ending(await stage.hawser("deploy", "--ref", nextRef()))).toBe("0 done");
}, 600_000);
afterAll(async () => {
  await bucket?.[Symbol.asyncDispose]();
  await stage?.[Symbol.asyncDispose]();
});
beforeEach(() => bucket.gateway.turn({ kind: "fair" }));

type Delivery = "auto" | "stream";

/** Each weather meets both ways of delivery at whole scale, and one of them at every change. */
const deliveries = (first: Delivery): readonly Delivery[] =>
  scale.name === "whole" ? ["auto", "stream"] : [first];

const deliverBy = async (delivery: Delivery): Promise<void> =>
  await stage.configure((config) => ({ ...config, delivery }));

const currents = (): (string | null)[] => stage.fleet.instances.map(({ id }) => stage.current(id));

/** What is neither a whole release nor the record of one. */
const leftovers = (): string[] =>
  stage.fleet.instances.flatMap(({ id, folder }) =>
    readdirSync(join(folder, ".hawser/staging")).map((name) => `${id} ${name}`),
  );

/** Whole on every instance, and the same on all. */
const expectWhole = (): void => {
  const files = currentFiles(stage, "changes.bin");
  for (const bytes of files) {
    expect(bytes.length).toBe(changedBytes);
    expect(bytes.equals(files[0]!)).toBe(true);
  }
  for (const bytes of currentFiles(stage, "stays.bin")) expect(bytes.length).toBe(wholeBytes);
  expect(leftovers()).toEqual([]);
};

const begun =
  (step: string) =>
  (deploy: HawserProcess): Promise<unknown> =>
    deploy.event((event) => event.type === "step" && event.step === step && event.phase === "started");

/** Deploys with bad weather from the moment that a step begins. */
const deployIn = async (
  weather: Weather,
  { from, forMs = badMs, affected }: { from: string; forMs?: number; affected?: Affected },
): Promise<HawserEnd> => {
  const deploy = stage.start("deploy", "--ref", nextRef());
  await begun(from)(deploy);
  bucket.gateway.turn(weather, affected);
  await Promise.race([sleep(forMs), deploy.ended]);
  bucket.gateway.turn({ kind: "fair" });
  return await deploy.ended;
};

test.each(deliveries("auto"))(
  "storage that answers 503 for a while from the upload on is waited for (%s)",
  async (delivery) => {
    await deliverBy(delivery);
    const before = currents();
    const end = await deployIn({ kind: "refusing", status: 503 }, { from: "store" });
    expect(ending(end)).toBe("0 done");
    expect(currents()).not.toEqual(before);
    expectWhole();
  },
);

test.each(deliveries("stream"))(
  "storage that answers 503 for a while when instances are staged is waited for (%s)",
  async (delivery) => {
    await deliverBy(delivery);
    const end = await deployIn({ kind: "refusing", status: 503 }, { from: "stage" });
    expect(ending(end)).toBe("0 done");
    expectWhole();
    if (delivery === "stream") for (const { via } of end.result?.instances ?? []) expect(via).toBe("stream");
  },
);

test.each(deliveries("auto"))("storage that is slow all the time is waited for (%s)", async (delivery) => {
  await deliverBy(delivery);
  const end = await deployIn({ kind: "slow", bytesPerSecond: 300_000 }, { from: "store", forMs: 600_000 });
  expect(ending(end)).toBe("0 done");
  expectWhole();
});

test("bodies that are cut for instances alone are gone on with, or sent", async () => {
  await deliverBy("auto");
  const deployer = stage.fleet.gateway;
  const end = await deployIn(
    { kind: "cutting", afterBytes: 250_000 },
    { from: "stage", forMs: 600_000, affected: ({ from }) => from !== deployer },
  );
  expect(ending(end)).toBe("0 done");
  expectWhole();
});

test("bodies that are cut for a while on the way to and from the deployer are moved again", async () => {
  await deliverBy("stream");
  const end = await deployIn({ kind: "cutting", afterBytes: 250_000 }, { from: "store" });
  expect(ending(end)).toBe("0 done");
  expectWhole();
  // A deployer that has nothing fetches what a rollback needs.
  await rm(join(stage.folder, "cache"), { recursive: true, force: true });
  for (const { id, root } of stage.fleet.instances)
    await stage.fleet.exec(id, [
      "sh",
      "-c",
      `cd ${root}/releases && rm -rf "$(ls | grep -v "$(basename "$(readlink ../current)")" | tail -n 1)"`,
    ]);
  const asked = bucket.gateway.requests.length;
  const rollback = stage.start("rollback");
  await begun("survey")(rollback);
  bucket.gateway.turn({ kind: "cutting", afterBytes: 250_000 });
  await Promise.race([sleep(badMs / 4), rollback.ended]);
  bucket.gateway.turn({ kind: "fair" });
  expect(ending(await rollback.ended)).toBe("0 done");
  const downloads = bucket.gateway.requests
    .slice(asked)
    .filter(({ method, url }) => method === "GET" && /\/artifacts\/.*\/bytes\//.test(url));
  expect(downloads.length).toBeGreaterThan(1);
  expectWhole();
});

test("storage that answers nothing but 503 ends the deploy with that error, and nothing is changed", async () => {
  await deliverBy("auto");
  const before = currents();
  bucket.gateway.turn({ kind: "refusing", status: 503 });
  const end = await stage.hawser("deploy", "--ref", nextRef());
  expect(end.exitCode).not.toBe(0);
  expect(end.result?.error?.message).toContain("503");
  bucket.gateway.turn({ kind: "fair" });
  expect(currents()).toEqual(before);
  expect(ending(await stage.hawser("deploy", "--ref", stage.refs[version - 1]!))).toBe("0 done");
  expectWhole();
});
