import { checkGiven, type Facts, type Step, type StepContext } from "@hawser/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { operationContext } from "./context.ts";

/** One step of one's own to try, alone. */
export interface StepTrial extends AsyncDisposable {
  readonly step: Step;
  /** What the steps before it gave: at least what it needs. */
  readonly facts: Readonly<Partial<Facts>>;
  /** The `with` of its block. Default: none. */
  readonly options?: unknown;
  /** Of a step on instances: which one, and what runs a command there. */
  readonly instance?: Required<Pick<StepContext, "instance" | "command">>;
  /** Makes it find what it is there to stop; absent when it never stops a run. */
  refuse?(): Promise<void>;
}

/** Facts that keep in mind which of them were read. */
const watched = (facts: Readonly<Partial<Facts>>): { facts: Facts; read: ReadonlySet<string> } => {
  const read = new Set<string>();
  const proxy = new Proxy(facts as Facts, {
    get: (all, name: string) => {
      read.add(name);
      return all[name];
    },
  });
  return { facts: proxy, read };
};

/**
 * What a run expects of a step of one's own, as tests.
 *
 * @param create makes a fresh step and what it works on, for each test.
 */
export const describeStep = (
  name: string,
  { create }: { readonly create: () => Promise<StepTrial> },
): void => {
  let trial: StepTrial;
  beforeEach(async () => {
    trial = await create();
  });
  afterEach(async () => {
    await trial[Symbol.asyncDispose]();
  });

  const run = async (facts: Facts = trial.facts as Facts, signal?: AbortSignal) => {
    const { options, instance } = trial;
    const about = { application: "shop", environment: "production", options, ...instance };
    const context = { ...operationContext(signal && { signal }), ...about };
    return (await trial.step.run(facts, context)) ?? {};
  };

  describe(`${name} keeps what a run expects of a step`, () => {
    it("has a name, and is where steps can be", () => {
      expect(trial.step.name).not.toBe("");
      expect(["deployer", "instances", "waves"]).toContain(trial.step.where);
    });

    it("reads no fact that it does not say it needs", async () => {
      const { facts, read } = watched(trial.facts);
      await run(facts);
      for (const fact of read) expect(trial.step.needs).toContain(fact);
    });

    it("gives each fact that it declares, as it declares it, and no other", async () => {
      const given = await run();
      checkGiven(trial.step, given);
      expect(Object.keys(given).sort()).toEqual(Object.keys(trial.step.gives).sort());
    });

    it("gives plain data: it survives being written down", async () => {
      const given = await run();
      expect(JSON.parse(JSON.stringify(given))).toEqual(given);
    });

    it("may be killed and run again: the second time gives the same", async () => {
      const given = await run();
      expect(await run()).toEqual(given);
    });

    it("stops the run with an error that says why, and does so again", async () => {
      await trial.refuse?.();
      for (let times = 0; times < 2; times++) {
        const why: unknown = await run().then(
          () => undefined,
          (error: unknown) => error,
        );
        if (trial.refuse === undefined) expect(why).toBeUndefined();
        else expect(why).toMatchObject({ message: expect.stringMatching(/\S/) });
      }
    });

    it("does not begin when the signal has aborted", async () => {
      const signal = AbortSignal.abort(new Error("the run is over"));
      await expect(run(trial.facts as Facts, signal)).rejects.toThrow("the run is over");
    });
  });
};
