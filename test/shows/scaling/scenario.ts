import { writeFile } from "node:fs/promises";
import { type Load, type LoadResult, startLoad } from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ending, type HawserEnd } from "../hawser-process.ts";
import type { OpenGround } from "./ground.ts";
import { openProject, type Project, refusalOn } from "./project.ts";

/** One answer holds two files of a release, read one after the other: both must name the same revision. */
const fromOneRelease = ({ body }: { readonly body: string }): string | undefined => {
  const [one, two] = body.trim().split(" ");
  return one !== undefined && /^[0-9a-f]{40}$/.test(one) && one === two ? undefined : `mixed answer: ${body}`;
};

/** A part of the scenario, and the releases that may answer while it lasts. */
interface Period {
  readonly name: string;
  readonly allowed: Set<string>;
}

/** A fleet under traffic that is deployed to, grows, shrinks and is rolled back. It knows nothing of its ground. */
class Scenario {
  readonly #project: Project;
  readonly #load: Load;
  readonly #periods: Period[] = [];

  constructor(project: Project, load: Load) {
    this.#project = project;
    this.#load = load;
  }

  /** From here until the next period, requests are answered by these releases only. */
  async begin(name: string, ...allowed: readonly (string | null | undefined)[]): Promise<Period> {
    const period = { name, allowed: new Set(allowed.filter((id) => typeof id === "string")) };
    this.#periods.push(period);
    await this.#load.period(name);
    return period;
  }

  /** Everything is in service with a release, and only that. */
  async whole(release: string | null | undefined): Promise<void> {
    expect(await this.#project.faults(release)).toEqual([]);
  }

  async run(expected: RegExp, ...argv: readonly string[]): Promise<HawserEnd> {
    const end = await this.#project.hawser(...argv);
    expect(ending(end)).toMatch(expected);
    return end;
  }

  /** Brings the fleet to what is desired, whoever has come or gone. */
  async mend(): Promise<void> {
    await this.run(/^0 done$/, "reconcile");
  }

  /** Ends the traffic, and gives what it saw beside the answers that no release of the time can have given. */
  async end(): Promise<{ readonly load: LoadResult; readonly strange: readonly string[] }> {
    const load = await this.#load.stop();
    const at = (name: string): number => this.#periods.findIndex((period) => period.name === name);
    const strange = load.byPeriod
      .filter(({ from }) => from !== "")
      .flatMap(({ from, to, byRelease }) => {
        const during = this.#periods.slice(at(from), at(to) + 1);
        return Object.entries(byRelease)
          .filter(([release]) => !during.some(({ allowed }) => allowed.has(release)))
          .map(([release, count]) => `${count} answers of ${release} from ${from} to ${to}`);
      });
    return { load, strange };
  }
}

const figures = (name: string, { requests, failed, p50, p99, byRelease }: LoadResult): string =>
  `${name}: ${requests} requests, ${failed} failed, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; by release: ${JSON.stringify(byRelease)}`;

const deployWhile = async (project: Project, tag: string, step: string, work: () => Promise<unknown>) => {
  const deploy = project.start("deploy", "--ref", tag);
  await deploy.event((event) => event.type === "step" && event.step === step && event.phase === "started");
  await work();
  return await deploy.ended;
};

/** The machines at the start, and the most there are at once. */
export const startCount = 3;
export const mostAtOnce = 6;

/** The one scenario, on any ground. */
export const describeScaling = (name: string, open: OpenGround): void => {
  describe(`the same application on ${name}`, () => {
    let project: Project;
    beforeAll(async () => {
      project = await openProject({ open, versions: 3, machines: startCount });
    }, 600_000);
    afterAll(() => project?.[Symbol.asyncDispose]());

    it("is deployed, grows, shrinks, grows during a deploy, is rolled back and put back, and no request is lost", async () => {
      const { ground } = project;
      const first = await project.hawser("deploy", "--ref", "v1");
      expect(ending(first)).toBe("0 done");
      const one = first.result?.release;
      await using load = startLoad({
        url: `${ground.url}/__release?gap=2`,
        rate: 60,
        validate: fromOneRelease,
      });
      await load.flowing;
      const scenario = new Scenario(project, load);
      await scenario.whole(one);

      await scenario.begin("grow by two", one);
      const [grown] = [await ground.grow(), await ground.grow()];
      await scenario.mend();
      await scenario.whole(one);

      await scenario.begin("shrink by one", one);
      await ground.shrink(grown);
      await scenario.mend();
      await scenario.whole(one);
      await ground.switchOff(grown);
      expect(await ground.samples()).toHaveLength(startCount + 1);

      const growing = await scenario.begin("deploy while growing", one);
      const second = await deployWhile(project, "v2", "wave-1", () => ground.grow());
      expect(ending(second)).toBe("0 done");
      const two = second.result?.release as string;
      growing.allowed.add(two);
      await scenario.begin("after the deploy", two);
      await scenario.whole(two);

      await scenario.begin("roll back", two, one);
      await scenario.run(/^0 done$/, "rollback");
      await scenario.begin("after the rollback", one);
      await scenario.whole(one);

      const failing = await scenario.begin("a failing wave", one);
      const last = (await ground.samples()).at(-1)?.id ?? "";
      await writeFile(refusalOn(ground, last, await project.revision("v3")), "");
      const third = await scenario.run(/^1 putBack/, "deploy", "--ref", "v3");
      failing.allowed.add(third.result?.release as string);
      await scenario.begin("after the failing wave", one);
      await scenario.whole(one);

      const { load: result, strange } = await scenario.end();
      console.log(figures(name, result));
      expect({ strange, failed: result.failed, errors: result.errors }).toEqual({
        strange: [],
        failed: 0,
        errors: [],
      });
    }, 600_000);
  });
};
