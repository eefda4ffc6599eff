import { writeFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { expect, it } from "vitest";
import type { HawserConfig } from "../../src/index.ts";
import { Desired, type DesiredState } from "../../src/state/desired.ts";
import { context, makeKey, principal, signaturesOf, type TestKey } from "../signing/keys.ts";
import { ending, openProject, type Project } from "./fixtures/project.ts";

const day = 86_400;
const now = (): number => Math.floor(Date.now() / 1000);

const signingOf = (key: TestKey, expires?: string): NonNullable<HawserConfig["signing"]> => {
  writeFileSync(`${key.path}.signers`, key.line);
  return {
    key: key.path,
    allowedSigners: `${key.path}.signers`,
    principal,
    ...(expires !== undefined && { expires }),
  };
};

/** A project of one instance whose desired states count for thirty days, with the first release in service. */
const deployed = async () => {
  const key = makeKey();
  const project = await openProject({ instances: 1, config: { signing: signingOf(key, "30d") } });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  return { key, project };
};

const desiredOf = (project: Project, key: TestKey): Desired =>
  new Desired(project.storage, "shop", "", signaturesOf([key], { lifetimeSeconds: 30 * day }));

const read = async (project: Project, key: TestKey): Promise<DesiredState> =>
  (await desiredOf(project, key).read(context))!.state;

/** What is desired, as it would have been said some days ago. */
const age = async (project: Project, key: TestKey, days: number): Promise<void> => {
  const state = await read(project, key);
  const to = { ...state, updated: now() - days * day };
  await desiredOf(project, key).move({ to, expectVersion: state.version, epoch: state.epoch }, context);
};

const warningsOf = async (project: Project): Promise<readonly string[]> =>
  (await project.engine.status().result).warnings.map(({ code }) => code);

it("says until when a desired state counts, and warns in status and doctor when that is over, or will be soon", async () => {
  const { key, project } = await deployed();
  const { expires, updated } = await read(project, key);
  expect(expires).toBe(updated + 30 * day);
  expect(await warningsOf(project)).toEqual([]);
  await age(project, key, 25);
  expect(await warningsOf(project)).toEqual(["HWS_STATE_EXPIRING"]);
  await age(project, key, 31);
  expect(await warningsOf(project)).toEqual(["HWS_STATE_EXPIRED"]);
  expect(await project.engine.doctor()).toMatchObject([{ code: "HWS_STATE_EXPIRED", severity: "warning" }]);
  expect(project.current()).toEqual(["000001"]);
});

it("is renewed by sign, as a new version of the same", async () => {
  const { key, project } = await deployed();
  await age(project, key, 31);
  const before = await read(project, key);
  const { until, problems } = await project.engine.sign();
  expect(problems).toEqual([]);
  const after = await read(project, key);
  expect(after.expires).toBe(until);
  expect(until).toBeGreaterThan(now() + 29 * day);
  const { updated: _, expires: __, version, ...same } = before;
  expect(after).toMatchObject({ ...same, version: version + 1 });
  expect(await warningsOf(project)).toEqual([]);
});

it("is renewed by a deploy that finds nothing else to do", async () => {
  const { key, project } = await deployed();
  expect(ending(await project.engine.deploy().result)).toBe("0 unchanged");
  await age(project, key, 31);
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  expect((await read(project, key)).expires).toBeGreaterThan(now() + 29 * day);
  expect(ending(await project.engine.deploy().result)).toBe("0 unchanged");
});

it("counts for ever again where the config limits it no more", async () => {
  const { key, project } = await deployed();
  const unlimited = await project.engineWith({ signing: signingOf(key) });
  expect(await unlimited.sign()).toMatchObject({ until: null, problems: [] });
  expect((await read(project, key)).expires).toBeUndefined();
});

it("is not made new by sign when somebody put an older one back into storage", async () => {
  const { key, project } = await deployed();
  const { bytes: old } = (await desiredOf(project, key).read(context))!;
  project.source.add({ "index.html": "two" });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  await project.storage.put({ key: "shop/top/desired", body: old, sizeBytes: old.length }, context);
  const { until, problems } = await project.engine.sign();
  expect(until).toBeNull();
  expect(problems).toMatchObject([{ code: "HWS_FLEET_OLD_DESIRED", where: "shop/top/desired" }]);
  const { stream } = await project.storage.get({ key: "shop/top/desired" }, context);
  expect(await buffer(stream)).toEqual(old);
});

it("is limited by hours or days, and by nothing else", async () => {
  const { key, project } = await deployed();
  for (const expires of ["30", "0d", "30 d", "1w", "-1d"]) {
    const engine = await project.engineWith({ signing: signingOf(key, expires) });
    await expect(engine.deploy().result, expires).rejects.toMatchObject({ code: "HWS_CONFIG_INVALID" });
  }
});

it("is told of by reconcile, and by watch once", async () => {
  const { key, project } = await deployed();
  await age(project, key, 25);
  const { warnings, outcome } = await project.engine.reconcile().result;
  expect(outcome).toBe("unchanged");
  expect(warnings.map(({ code }) => code)).toEqual(["HWS_STATE_EXPIRING"]);
  const run = project.engine.watch({ intervalMs: 100 });
  const told: string[] = [];
  for await (const event of run) {
    if (event.type !== "warning") continue;
    told.push(event.code);
    // Some turns more, in which it is not told again.
    setTimeout(() => run.cancel("stop"), 600);
  }
  expect(told).toEqual(["HWS_STATE_EXPIRING"]);
});
