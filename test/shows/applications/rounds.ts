import { expect } from "vitest";
import { ending, type HawserEnd } from "../hawser-process.ts";
import { scale } from "../scale.ts";
import type { Ground } from "./ground.ts";
import type { LoadReport } from "./load-report.ts";

const { deploys, rollbacks } = scale.application;

/** What the rounds do, for a test's title. */
export const roundsTitle = `${deploys} ${deploys === 1 ? "deploy" : "deploys"} and ${rollbacks} ${rollbacks === 1 ? "rollback" : "rollbacks"} under load`;

/** After each run every instance answers as the release that was put into service, whichever way it is asked. */
const inService = async (ground: Ground, end: HawserEnd, number: number): Promise<void> => {
  expect(ending(end)).toBe("0 done");
  const answer = `v${number} v${number} ${end.result?.release}`;
  const expected = ground.stage.fleet.instances.map(({ id }) => [id, [answer]]);
  expect(await ground.answers()).toEqual(Object.fromEntries(expected));
};

/** A first deploy, then deploys and rollbacks under load. Nothing may fail, be mixed or be stale, and every release must have answered. */
export const rounds = async (ground: Ground): Promise<LoadReport> => {
  await inService(ground, await ground.deploy(1), 1);
  await ground.load();
  const released: string[] = [];
  const went = async (end: HawserEnd, number: number): Promise<void> => {
    await inService(ground, end, number);
    released.push(end.result?.release ?? "");
  };
  for (let number = 2; number <= deploys + 1; number++) await went(await ground.deploy(number), number);
  for (let back = 1; back <= rollbacks; back++) await went(await ground.rollback(), deploys + 1 - back);
  const report = await ground.report();
  console.log(report.figures);
  const { failed, mixes, errors, stale } = report;
  expect({ failed, mixes, errors, stale }).toEqual({ failed: 0, mixes: 0, errors: [], stale: [] });
  expect(Object.keys(report.releases)).toEqual(expect.arrayContaining(released));
  return report;
};
