import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { forEachLimited } from "../../src/decorate/concurrency.ts";
import { withRetry } from "../../src/decorate/retry.ts";
import { stamped } from "../../src/decorate/stamped.ts";
import { withTimeLimit } from "../../src/decorate/time-limit.ts";
import { HawserError, type OperationContext } from "../../src/index.ts";
import { gathered } from "../gathered.ts";

const context = (signal = new AbortController().signal): OperationContext => ({
  signal,
  logger: { debug: () => {}, info: () => {}, warn: () => {} },
  progress: () => {},
});

const passing = () => new HawserError("HWS_TEST_BUSY", "busy", { retryable: true });
const lasting = () => new HawserError("HWS_TEST_BROKEN", "broken");

/** Fails as told, then answers; keeps private state, as classes do. */
class Seam {
  #calls = 0;
  readonly errors: Error[];
  readonly trait: string = "as it was";

  constructor(...errors: Error[]) {
    this.errors = errors;
  }

  get calls(): number {
    return this.#calls;
  }

  #next(): void {
    this.#calls += 1;
    const error = this.errors.shift();
    if (error !== undefined) throw error;
  }

  async ask(request: { body?: unknown }, _context: OperationContext): Promise<string> {
    this.#next();
    return `answered ${typeof request}`;
  }

  async *list(_request: object, _context: OperationContext): AsyncIterable<number> {
    this.#next();
    yield 1;
    this.#next();
    yield 2;
  }

  plan(): string {
    this.#next();
    return "planned";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#next();
  }
}

const soon = { baseDelayMs: 1, maxDelayMs: 2 };

describe("a decorated seam", () => {
  const decorators = {
    stamped: (seam: Seam) => stamped(seam, { plugin: "p" }),
    withRetry: (seam: Seam) => withRetry(seam),
    withTimeLimit: (seam: Seam) => withTimeLimit(seam, 10_000),
  };
  for (const [name, decorate] of Object.entries(decorators)) {
    it(`answers as the seam itself: ${name}`, async () => {
      const seam = new Seam();
      const decorated = decorate(seam);
      expect(await decorated.ask({}, context())).toBe("answered object");
      expect(await gathered(decorated.list({}, context()))).toEqual([1, 2]);
      expect(decorated.plan()).toBe("planned");
      await decorated[Symbol.asyncDispose]();
      expect(decorated.trait).toBe("as it was");
      expect(decorated.calls).toBe(5);
    });

    it(`lacks what the seam lacks: ${name}`, () => {
      const decorated = decorate(new Seam()) as unknown as Record<string, unknown>;
      expect(decorated.presignGet).toBeUndefined();
      expect("presignGet" in decorated).toBe(false);
    });
  }
});

describe("retry", () => {
  it("calls again what failed for a reason that passes", async () => {
    const seam = new Seam(passing(), passing());
    expect(await withRetry(seam, soon).ask({}, context())).toBe("answered object");
    expect(seam.calls).toBe(3);
  });

  it("does not call again what is broken, and what is no Hawser error", async () => {
    for (const error of [lasting(), new Error("bug")]) {
      const seam = new Seam(error);
      await expect(withRetry(seam, soon).ask({}, context())).rejects.toBe(error);
      expect(seam.calls).toBe(1);
    }
  });

  it("gives the last error when the attempts are used up", async () => {
    const errors = [passing(), passing(), passing()];
    const seam = new Seam(...errors);
    await expect(withRetry(seam, { ...soon, attempts: 3 }).ask({}, context())).rejects.toBe(errors[2]);
    expect(seam.calls).toBe(3);
  });

  it("begins no attempt after the total time", async () => {
    const seam = new Seam(passing(), passing());
    const budget = { baseDelayMs: 5000, maxDelayMs: 5000, totalMs: 100, random: () => 1 };
    await expect(withRetry(seam, budget).ask({}, context())).rejects.toMatchObject({ code: "HWS_TEST_BUSY" });
    expect(seam.calls).toBe(1);
  });

  it("waits no longer when the signal aborts, and rejects with its reason", async () => {
    const controller = new AbortController();
    const seam = new Seam(passing());
    const budget = { baseDelayMs: 50_000, maxDelayMs: 50_000, totalMs: 500_000, random: () => 1 };
    const asked = withRetry(seam, budget).ask({}, context(controller.signal));
    await delay(10);
    controller.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
    expect(seam.calls).toBe(1);
  });

  it("makes a call with a stream once: a stream is read once", async () => {
    for (const body of [Readable.from(["x"]), { stream: Readable.from(["x"]), sizeBytes: 1 }]) {
      const seam = new Seam(passing());
      await expect(withRetry(seam, soon).ask({ body }, context())).rejects.toMatchObject({ retryable: true });
      expect(seam.calls).toBe(1);
    }
  });

  it("begins a listing again only while nothing of it was seen", async () => {
    expect(await gathered(withRetry(new Seam(passing()), soon).list({}, context()))).toEqual([1, 2]);
    const late = new Seam();
    late.errors.push(undefined as unknown as Error, passing());
    await expect(gathered(withRetry(late, soon).list({}, context()))).rejects.toMatchObject({
      retryable: true,
    });
    expect(late.calls).toBe(2);
  });
});

describe("stamps", () => {
  it("say whose error it is and keep what is known", async () => {
    const error = lasting();
    error.instance = "web1";
    const seam = stamped(new Seam(error), { plugin: "acme", instance: "other", step: "stage" });
    await expect(seam.ask({}, context())).rejects.toBe(error);
    expect(error).toMatchObject({ plugin: "acme", instance: "web1", step: "stage" });
  });

  it("make HWS_PLUGIN_THREW of what is no Hawser error, keeping the cause", async () => {
    const cause = new TypeError("x is not a function");
    const fails = () => stamped(new Seam(cause), { plugin: "acme", instance: "web1" });
    const expected = { code: "HWS_PLUGIN_THREW", plugin: "acme", instance: "web1", cause, retryable: false };
    await expect(fails().ask({}, context())).rejects.toMatchObject(expected);
    await expect(gathered(fails().list({}, context()))).rejects.toMatchObject(expected);
    expect(() => fails().plan()).toThrow(expect.objectContaining(expected));
  });

  it("leave the caller's own reason alone when the caller gave up", async () => {
    const reason = new Error("the caller gave up");
    const seam = stamped(new Seam(reason), { plugin: "acme" });
    await expect(seam.ask({}, context(AbortSignal.abort(reason)))).rejects.toBe(reason);
  });
});

describe("time limits", () => {
  const hanging = {
    heard: undefined as unknown,
    ask(_request: object, { signal }: OperationContext): Promise<never> {
      return new Promise(() => {
        signal.addEventListener("abort", () => {
          this.heard = signal.reason;
        });
      });
    },
    async *list(_request: object, _context: OperationContext): AsyncIterable<number> {
      yield 1;
      await new Promise(() => {});
    },
  };

  it("end a call that does not answer, and tell the plugin", async () => {
    const error: unknown = await withTimeLimit(hanging, 20)
      .ask({}, context())
      .catch((reason: unknown) => reason);
    expect(HawserError.is(error, "HWS_CALL_TIMEOUT") && error.retryable).toBe(true);
    expect(hanging.heard).toBe(error);
  });

  it("end a listing whose next item does not come", async () => {
    const seen: number[] = [];
    const look = async () => {
      for await (const item of withTimeLimit(hanging, 20).list({}, context())) seen.push(item);
    };
    await expect(look()).rejects.toMatchObject({ code: "HWS_CALL_TIMEOUT" });
    expect(seen).toEqual([1]);
  });

  it("hold only for the methods that have one", async () => {
    const slow = { ask: async () => delay(50, "answered"), other: async () => delay(10_000) };
    const limited = withTimeLimit(slow, { other: 10 });
    expect(await limited.ask()).toBe("answered");
    await expect(limited.other()).rejects.toMatchObject({ code: "HWS_CALL_TIMEOUT" });
  });

  it("pass the caller's own abort on", async () => {
    const controller = new AbortController();
    let heard: unknown;
    const seam = {
      ask: (_request: object, { signal }: OperationContext) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            heard = signal.reason;
            reject(signal.reason);
          });
        }),
    };
    const asked = withTimeLimit(seam, 60_000).ask({}, context(controller.signal));
    controller.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
    expect(heard).toMatchObject({ message: "enough" });
  });
});

describe("forEachLimited", () => {
  it("works on no more than the limit at once, and gathers in order what became of each", async () => {
    let now = 0;
    let most = 0;
    const results = await forEachLimited([5, 1, 4, 2, 3], 2, async (item) => {
      now += 1;
      most = Math.max(most, now);
      await delay(item);
      now -= 1;
      if (item === 4) throw new Error("four");
      return item * 10;
    });
    expect(most).toBe(2);
    expect(results.map((result) => (result.status === "fulfilled" ? result.value : "failed"))).toEqual([
      50,
      10,
      "failed",
      20,
      30,
    ]);
  });

  it("begins no item after the signal aborted", async () => {
    const controller = new AbortController();
    const begun: number[] = [];
    const results = await forEachLimited(
      [1, 2, 3],
      1,
      async (item) => {
        begun.push(item);
        controller.abort(new Error("enough"));
      },
      controller.signal,
    );
    expect(begun).toEqual([1]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(results[2]).toMatchObject({ reason: { message: "enough" } });
  });

  it("does nothing with nothing", async () => {
    expect(await forEachLimited([], 4, async () => 1)).toEqual([]);
  });
});
