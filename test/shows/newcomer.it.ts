import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ending } from "./hawser-process.ts";
import { scale } from "./scale.ts";
import { openProject, type Project } from "./scaling/project.ts";
import { openRack } from "./scaling/rack.ts";
import { complaints, figures, Traffic } from "./scaling/traffic.ts";
import { until } from "./watching.ts";

const whole = scale.name === "whole";

/** Where a run is stopped: behind a step, for steps of the waves in one of them. */
interface Boundary {
  readonly after: string;
  readonly wave?: 1 | 2;
}

const once = [
  ...["resolve", "fetch", "prepare", "pack", "survey", "store", "stage", "install", "once.before"],
  ...["publish", "once.after", "prune"],
].map((after): Boundary => ({ after }));
const inWaves = ([1, 2] as const).flatMap((wave) =>
  ["drain", "activate", "check", "join"].map((after): Boundary => ({ after, wave })),
);
const sample: readonly Boundary[] = [{ after: "activate", wave: 1 }, { after: "publish" }];
const boundaries = whole ? [...once, ...inWaves] : sample;

let project: Project;
beforeAll(async () => {
  project = await openProject({ open: openRack(4), versions: boundaries.length + 1, machines: 3 });
  await project.configure((config) => ({
    ...config,
    rollout: { waves: [1, "100%"], maxUnavailable: "50%" },
  }));
}, 600_000);
afterAll(() => project?.[Symbol.asyncDispose]());

const nameOf = ({ after, wave }: Boundary): string =>
  wave === undefined ? `after ${after}` : `after ${after} of wave ${wave}`;

/** Lets the next run stop at a boundary. */
const stopAt = async ({ after, wave = 1 }: Boundary) => {
  const [reached, go] = [join(project.folder, "reached"), join(project.folder, "go")];
  for (const file of [reached, go]) rmSync(file, { force: true });
  const kind = inWaves.some((each) => each.after === after) ? "wave" : "run";
  const use = fileURLToPath(new URL(`./plugins/boundary-of-${kind}.mjs`, import.meta.url));
  const boundary = { use, after, with: { reached, go, nth: wave } };
  await project.configure((config) => ({ ...config, steps: { boundary } }));
  return { reached, go };
};

/** Runs a verb to its end, with a new instance that appears at a boundary. Gives the instance and the release. */
const growAt = async (boundary: Boundary, argv: readonly string[]) => {
  const { reached, go } = await stopAt(boundary);
  const run = project.start(...argv);
  await Promise.race([until(`${argv[0]} ${nameOf(boundary)}`, () => existsSync(reached)), run.ended]);
  const newcomer = await project.ground.grow();
  writeFileSync(go, "");
  const end = await run.ended;
  await project.configure(({ steps: _, ...config }) => config);
  expect(ending(end)).toBe("0 done");
  return { newcomer, release: end.result?.release ?? "" };
};

/** What is wrong with a newcomer when the run has ended: it may serve the release of the run, or nobody. */
const strayed = async (newcomer: string, release: string): Promise<string[]> => {
  const found = (await project.ground.samples()).find(({ id }) => id === newcomer);
  return found?.balancer === "in" && found.release !== release ? [`serves ${found.release}`] : [];
};

const reconciled = async (release: string): Promise<string[]> => {
  const end = await project.hawser("reconcile");
  return [...(end.exitCode === 0 ? [] : [ending(end)]), ...(await project.faults(release))];
};

/** The machine leaves again, for the next boundary. */
const leave = async (newcomer: string): Promise<void> => {
  await project.ground.shrink(newcomer);
  expect(ending(await project.hawser("reconcile"))).toBe("0 done");
  await project.ground.switchOff(newcomer);
};

const seen = { served: 0, waited: 0 };

const faultsAt = async (boundary: Boundary, traffic: Traffic, from: string, argv: readonly string[]) => {
  const label = `${argv.join(" ")} ${nameOf(boundary)}`;
  const period = await traffic.begin(label, from);
  const { newcomer, release } = await growAt(boundary, argv);
  period.allow(release);
  await traffic.begin(`${label}, over`, release);
  const strays = await strayed(newcomer, release);
  const isIn = (await project.ground.samples()).some(
    ({ id, balancer }) => id === newcomer && balancer === "in",
  );
  seen[isIn ? "served" : "waited"] += 1;
  const faults = [...strays, ...(await reconciled(release))].map((fault) => `${label}: ${fault}`);
  await leave(newcomer);
  return { faults, release };
};

test(`a new instance that appears at any of ${boundaries.length} boundaries of a deploy or of a rollback serves the right release or nobody, and after a reconcile the right one`, async () => {
  const first = await project.hawser("deploy", "--ref", "v1");
  expect(ending(first)).toBe("0 done");
  const original = first.result?.release ?? "";
  await using traffic = await Traffic.start(project.ground.url);
  const faults: string[] = [];
  for (const [index, boundary] of boundaries.entries()) {
    const deployed = await faultsAt(boundary, traffic, original, ["deploy", "--ref", `v${index + 2}`]);
    const back = await faultsAt(boundary, traffic, deployed.release, ["rollback"]);
    expect(back.release).toBe(original);
    faults.push(...deployed.faults, ...back.faults);
  }
  const witnessed = await traffic.end();
  console.log(
    `${boundaries.length * 2} newcomers, ${seen.served} served when the run ended, ${seen.waited} waited; ${figures(witnessed)}`,
  );
  expect([...faults, ...complaints(witnessed)]).toEqual([]);
}, 3_600_000);
