import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ending, type HawserEnd } from "../hawser-process.ts";
import type { OpenGround } from "./ground.ts";
import { openProject, type Project, refusalOn } from "./project.ts";
import { complaints, figures, Traffic } from "./traffic.ts";

/** What the scenario asks of a project again and again. */
const acts = (project: Project) => ({
  run: async (expected: string, ...argv: readonly string[]): Promise<HawserEnd> => {
    const end = await project.hawser(...argv);
    expect(ending(end).slice(0, expected.length)).toBe(expected);
    return end;
  },
  /** Everything is in service with a release, and only that. */
  whole: async (release: string | null | undefined): Promise<void> => {
    expect(await project.faults(release)).toEqual([]);
  },
});

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
      const { run, whole } = acts(project);
      const one = (await run("0 done", "deploy", "--ref", "v1")).result?.release;
      await using traffic = await Traffic.start(ground.url);
      await whole(one);

      await traffic.begin("grow by two", one);
      const grown = await ground.grow();
      await ground.grow();
      await run("0 done", "reconcile");
      await whole(one);

      await traffic.begin("shrink by one", one);
      await ground.shrink(grown);
      // Autoscaling has taken it out by itself, and nothing is left to mend; elsewhere reconcile does.
      await run("0", "reconcile");
      await whole(one);
      await ground.switchOff(grown);

      const growing = await traffic.begin("deploy while growing", one);
      const second = await deployWhile(project, "v2", "wave-1", () => ground.grow());
      expect(ending(second)).toBe("0 done");
      const two = second.result?.release;
      growing.allow(two);
      await traffic.begin("after the deploy", two);
      await whole(two);

      await traffic.begin("roll back", two, one);
      await run("0 done", "rollback");
      await traffic.begin("after the rollback", one);
      await whole(one);

      const failing = await traffic.begin("a failing wave", one);
      const last = (await ground.samples()).at(-1)?.id ?? "";
      await writeFile(refusalOn(ground, last, await project.revision("v3")), "");
      failing.allow((await run("1 putBack", "deploy", "--ref", "v3")).result?.release);
      await traffic.begin("after the failing wave", one);
      await whole(one);
      expect(await ground.samples()).toHaveLength(startCount + 2);

      const witnessed = await traffic.end();
      console.log(`${name}: ${figures(witnessed)}`);
      expect(complaints(witnessed)).toEqual([]);
    }, 600_000);
  });
};
