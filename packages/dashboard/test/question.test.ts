import { setTimeout as sleep } from "node:timers/promises";
import { HawserError } from "@hawser/core/plugin";
import { describe, expect, it } from "vitest";
import { answered, Question } from "../src/sight/question.ts";

const forever = new AbortController().signal;

/** A question whose answers are numbered; `hold` keeps the next ones waiting. */
const counted = (restMs: number, limitMs = 10_000) => {
  let asked = 0;
  let held: Promise<void> = Promise.resolve();
  let letGo = (): void => {};
  let failing = false;
  const question = new Question(
    async () => {
      asked += 1;
      const number = asked;
      await held;
      if (failing) throw new HawserError("HWS_STORAGE_SILENT", "no answer");
      return number;
    },
    forever,
    { what: "it", restMs: () => restMs, limitMs },
  );
  return {
    question,
    asked: () => asked,
    fail: (is: boolean) => {
      failing = is;
    },
    hold: () => {
      held = new Promise((resolve) => {
        letGo = resolve;
      });
    },
    letGo: () => letGo(),
  };
};

describe("a question for all who look", () => {
  it("is asked by nobody's looking alone", async () => {
    const { question, asked } = counted(0);
    expect(question.known).toEqual({ asking: false });
    await sleep(20);
    expect(asked()).toBe(0);
  });

  it("is asked once for a hundred who look at once, and not again while the answer is new", async () => {
    const { question, asked } = counted(60_000);
    const told = await Promise.all(Array.from({ length: 100 }, () => question.told()));
    expect(new Set(told.map(({ answer }) => answer))).toEqual(new Set([1]));
    expect((await question.told()).answer).toBe(1);
    expect(asked()).toBe(1);
  });

  it("is asked again when somebody looks and the answer is old", async () => {
    const { question } = counted(0);
    expect((await question.told()).answer).toBe(1);
    expect((await question.told()).answer).toBe(2);
  });

  it("keeps nobody waiting for a silent one who has an earlier answer", async () => {
    const { question, hold, letGo } = counted(0);
    await question.told();
    hold();
    expect(await question.told()).toMatchObject({ answer: 1, asking: true });
    letGo();
    await sleep(10);
    expect(question.known).toMatchObject({ answer: 2, asking: false });
  });

  it("tells a failure since it began, with the last answer there was, and rests then", async () => {
    const { question, fail, asked } = counted(0);
    const { at } = await question.told();
    fail(true);
    const { failure, ...rest } = await question.told();
    expect(rest).toEqual({ answer: 1, at, asking: false });
    expect(failure?.error).toMatchObject({ code: "HWS_STORAGE_SILENT", message: "no answer" });
    expect((await question.told()).failure?.since).toBe(failure?.since);
    expect(asked()).toBe(2);
    expect(answered(question.known)).toBe(1);
  });

  it("gives up an answer that takes too long, and says so", async () => {
    const { question, hold } = counted(0, 30);
    hold();
    const { failure } = await question.told();
    expect(failure?.error).toMatchObject({ code: "HWS_DASHBOARD_SILENT" });
    expect(() => answered(question.known)).toThrow(/it: no answer/);
  });

  it("asks nobody any more when the dashboard ends, and ends what it asked", async () => {
    const ending = new AbortController();
    let heard: AbortSignal | undefined;
    const question = new Question(
      (signal) => {
        heard = signal;
        return new Promise<number>((_, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason)),
        );
      },
      ending.signal,
      { what: "it", restMs: () => 0, limitMs: 10_000 },
    );
    question.begin();
    ending.abort();
    expect(heard?.aborted).toBe(true);
    await sleep(10);
    question.begin();
    expect(question.known.asking).toBe(false);
  });
});
