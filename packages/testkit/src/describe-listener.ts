import type { Listener } from "@hawser/core/plugin";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listenerContext, runEvents, runResult } from "./run-events.ts";

/** One listener to try, alone. */
export interface ListenerTrial extends AsyncDisposable {
  readonly listener: Listener;
  /** What has arrived where it tells, one text an event, in order. */
  told(): Promise<readonly string[]>;
  /** It makes one text of several events, as a trace does; a result is told at once. */
  readonly gathers?: true;
  /** Makes what it tells fail from now on; absent when that cannot be. */
  fail?(): Promise<void>;
  /** Makes what it tells take for ever from now on; absent when that cannot be. */
  hang?(): Promise<void>;
}

const failed = { moments: ["failed", "putBack"] } as const;
const failure = runResult({
  ok: false,
  exitCode: 1,
  outcome: "putBack",
  error: { code: "HWS_CHECK_FAILED", message: "the health check failed: status 500", hint: "see the logs" },
});

/**
 * The sentences of the Listener contract as tests.
 *
 * @param create makes a fresh listener for each test.
 */
export const describeListener = (
  name: string,
  { create }: { readonly create: () => Promise<ListenerTrial> },
): void => {
  let trial: ListenerTrial;
  beforeEach(async () => {
    trial = await create();
  });
  afterEach(async () => {
    await trial.listener[Symbol.asyncDispose]?.();
    await trial[Symbol.asyncDispose]();
  });

  describe(`${name} keeps the Listener contract`, () => {
    it("takes every type of event, with moments and without", async () => {
      for (const event of runEvents) {
        await trial.listener.on(event, listenerContext());
        await trial.listener.on(event, listenerContext(failed));
      }
      const told = await trial.told();
      if (trial.gathers === true) expect(told.length).toBeGreaterThan(1);
      else expect(told).toHaveLength(2 * runEvents.length);
    });

    it("tells events in the order in which they come", async () => {
      for (const release of ["000001", "000002", "000003"])
        await trial.listener.on(runResult({ release }), listenerContext({ moments: ["done"] }));
      const told = await trial.told();
      expect(told.map((text) => ["000001", "000002", "000003"].findIndex((id) => text.includes(id)))).toEqual(
        [0, 1, 2],
      );
    });

    it("says of which application and environment, and what went wrong", async () => {
      await trial.listener.on(failure, listenerContext(failed));
      const [told] = await trial.told();
      for (const word of ["shop", "production", "HWS_CHECK_FAILED", "status 500", "deploy"])
        expect(told).toContain(word);
    });

    it("takes texts of any characters", async () => {
      const message = "quotes \" ' `, <tags> & {{braces}}, \\ backslash, \u202e, \ud800, line\nbreak, 名前";
      const hostile = runResult({ ok: false, outcome: "untouched", error: { code: "HWS_X", message } });
      await trial.listener.on(hostile, listenerContext(failed));
      expect((await trial.told())[0]).toContain("名前");
    });

    it("rejects when it could not tell", async () => {
      await trial.fail?.();
      const ended = Promise.resolve(trial.listener.on(failure, listenerContext(failed)));
      if (trial.fail === undefined) await ended;
      else await expect(ended).rejects.toBeInstanceOf(Error);
    });

    it("ends soon when its signal is aborted", async () => {
      await trial.hang?.();
      const caller = new AbortController();
      const context = listenerContext({ ...failed, signal: caller.signal });
      const ended = Promise.resolve(trial.listener.on(failure, context));
      setTimeout(() => caller.abort(new Error("the run is over")), 100);
      if (trial.hang === undefined) await ended;
      else await expect(ended).rejects.toThrow();
    });

    it("does not begin when the signal has aborted", async () => {
      const signal = AbortSignal.abort(new Error("the run is over"));
      await Promise.resolve()
        .then(() => trial.listener.on(failure, listenerContext({ ...failed, signal })))
        .catch(() => undefined);
      expect(await trial.told()).toEqual([]);
    });

    it("writes nothing to standard output", async () => {
      const written = vi.spyOn(process.stdout, "write");
      try {
        await trial.listener.on(failure, listenerContext(failed));
        expect(written).not.toHaveBeenCalled();
      } finally {
        written.mockRestore();
      }
    });

    it("may be disposed twice", async () => {
      await trial.listener[Symbol.asyncDispose]?.();
      await trial.listener[Symbol.asyncDispose]?.();
    });
  });
};
