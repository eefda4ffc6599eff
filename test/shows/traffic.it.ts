import { type LoadResult, startLoad } from "@hawser/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ofScale } from "./application.ts";
import { ending } from "./hawser-process.ts";
import { scale } from "./scale.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({
    application: (directory) => ofScale(directory, scale),
    config: (config) => ({ ...config, rollout: { waves: [1, "50%", "100%"] } }),
  });
}, 600_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

const figures = (result: LoadResult): string => {
  const { requests, failed, reconnected, p50, p99, byRelease } = result;
  const each = Object.entries(byRelease).map(([release, count]) => `${release} ${count}`);
  return `${requests} requests, ${failed} failed, ${reconnected} sent again, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; by release: ${each.join(", ")}`;
};

/** One answer holds two files of a release, read one after the other: both must name the same revision. */
const fromOneRelease = ({ body }: { readonly body: string }): string | undefined => {
  const [one, two] = body.trim().split(" ");
  return one !== undefined && /^[0-9a-f]{40}$/.test(one) && one === two ? undefined : `mixed answer: ${body}`;
};

test(`${scale.deploys} deploys and ${scale.rollbacks} rollbacks in waves lose no request and mix no release`, async () => {
  const [first, ...later] = stage.refs;
  expect(ending(await stage.hawser("deploy", "--ref", first!))).toBe("0 done");
  await using load = startLoad({ url: `${stage.url}/__release?gap=2`, rate: 100, validate: fromOneRelease });
  await load.flowing;
  const releases: (string | null | undefined)[] = [];
  const went = async (...argv: string[]): Promise<void> => {
    const end = await stage.hawser(...argv);
    expect(ending(end)).toBe("0 done");
    releases.push(end.result?.release);
  };
  for (const ref of later) await went("deploy", "--ref", ref);
  for (let count = 0; count < scale.rollbacks; count++) await went("rollback");
  const result = await load.stop();
  console.log(figures(result));
  expect({ failed: result.failed, errors: result.errors }).toEqual({ failed: 0, errors: [] });
  expect(Object.keys(result.byRelease)).toEqual(expect.arrayContaining(releases));
  expect(await stage.invariants()).toEqual([]);
}, 3_600_000);
