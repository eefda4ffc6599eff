import { afterAll, beforeAll, expect, test } from "vitest";
import { madeUp } from "./application.ts";
import { Assassin, countedInstall, median, type Remedy, type Toll } from "./assassin.ts";
import { chanceOf } from "./chance.ts";
import { scale } from "./scale.ts";
import { openStage, type Stage } from "./stage.ts";
import { type Seen, startWitnesses, type Witnesses } from "./witnesses.ts";

const whole = scale.name === "whole";
const moments = whole ? 30 : 3;

let stage: Stage;
let versions: Iterator<string>;
beforeAll(async () => {
  stage = await openStage({
    application: (directory) => madeUp(directory, { versions: 250 }),
    config: (config) => ({
      ...config,
      rollout: { waves: [1, "50%", "100%"] },
      installer: {
        use: "@hawser/installer-script",
        with: { ...(config.installer?.with as object), install: [countedInstall] },
      },
    }),
  });
  versions = stage.refs.values();
}, 600_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

/** Boundaries at which instances, load balancer or storage are half one release and half the other. */
const isMiddle = (boundary: string): boolean => /^(wave-\d+|publish) /.test(boundary);

const remedies: readonly Remedy[] = ["resume", "abandon", "another"];

/** Each boundary with what is done after the kill; at whole scale all of them, and in the middle with every remedy. */
const planOf = (boundaries: readonly string[]): (readonly [string, Remedy])[] =>
  boundaries
    .filter((boundary, index) => whole || isMiddle(boundary) || index % 4 === 0)
    .flatMap((boundary, index) =>
      whole && isMiddle(boundary)
        ? remedies.map((remedy) => [boundary, remedy] as const)
        : [[boundary, remedies[index % 5 === 4 ? 2 : index % 2] as Remedy] as const],
    );

const figures = (what: string, toll: Toll, { load, reads, missed, mixed }: Seen): string =>
  `${what}: ${toll.killed} kills, ${toll.resumed} resumed, ${toll.abandoned} abandoned, ${toll.replaced} put back for another, ${toll.notOpen} without an open run, ` +
  `${missed.length} misses and ${mixed.length} mixed of ${reads} reads, ${load.failed} failed of ${load.requests} requests${load.errors.map((error) => ` (${error})`).join("")}, median ${median(toll.seconds).toFixed(1)} s to consistency`;

const expectWhole = ({ toll, leftovers }: Assassin, seen: Seen): void => {
  expect(toll.faults).toEqual([]);
  expect(leftovers).toEqual([]);
  expect({ missed: seen.missed, mixed: seen.mixed, errors: seen.load.errors }).toEqual({
    missed: [],
    mixed: [],
    errors: [],
  });
};

test("a deployer killed at each boundary of its journal leaves a run that ends whole, and nobody notices", async () => {
  const assassin = new Assassin(stage, versions);
  await assassin.undisturbed();
  await using witnesses: Witnesses = await startWitnesses(stage);
  const { boundaries } = await assassin.undisturbed();
  const plan = planOf(boundaries);
  for (const [boundary, remedy] of plan) await assassin.killAt(boundary, remedy);
  await assassin.undisturbed();
  const seen = await witnesses.stop();
  console.log(figures(`${boundaries.length} boundaries`, assassin.toll, seen));
  expectWhole(assassin, seen);
  expect(await stage.invariants()).toEqual([]);
}, 3_600_000);

test(`a deployer killed at any of ${moments} moments leaves a run that ends whole, and nobody notices`, async () => {
  const seed = Number(process.env.HAWSER_SEED ?? Date.now() % 1_000_000);
  const chance = chanceOf(seed);
  const assassin = new Assassin(stage, versions);
  const first = await assassin.undisturbed();
  await using witnesses: Witnesses = await startWitnesses(stage);
  const second = await assassin.undisturbed();
  const durationMs = Math.min(first.durationMs, second.durationMs);
  for (let count = 0; count < moments; count++) {
    const [firstMs, secondMs] = [chance(), chance()].map((share) => Math.round(share * durationMs));
    const remedy = remedies[count % 3] as Remedy;
    await assassin.killAfter(remedy, firstMs as number, count % 2 === 0 ? undefined : secondMs);
  }
  await assassin.undisturbed();
  const seen = await witnesses.stop();
  console.log(
    figures(`${moments} moments of ${Math.round(durationMs)} ms, HAWSER_SEED=${seed}`, assassin.toll, seen),
  );
  expectWhole(assassin, seen);
}, 3_600_000);
