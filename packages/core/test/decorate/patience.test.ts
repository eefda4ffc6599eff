import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { operationContext } from "@hawser/testkit";
import { expect, it } from "vitest";
import { withPatience } from "../../src/decorate/patience.ts";
import { HawserError, type OperationContext } from "../../src/index.ts";

const limitMs = 200;
const never = (): Promise<never> => new Promise(() => {});

const patient = <S extends object>(seam: S) => {
  const told: string[] = [];
  const limits = { get: limitMs, list: limitMs, put: limitMs };
  const late = ({ method }: { readonly method: string }) => new HawserError("HWS_TEST_SILENT", method);
  const hear = { onSilence: () => told.push("silence"), onAnswer: () => told.push("answer") };
  return { seam: withPatience(seam, { limits, late, ...hear }), told };
};
const silent = { code: "HWS_TEST_SILENT" };

it("tells a silence once, however many calls wait, and again after an answer", async () => {
  const answers: (() => void)[] = [];
  const { seam, told } = patient({
    get: (_: object, _context: OperationContext) => new Promise<void>((resolve) => answers.push(resolve)),
  });
  const round = async (): Promise<void> => {
    const calls = [seam.get({}, operationContext()), seam.get({}, operationContext())];
    await sleep(limitMs / 2);
    for (const answer of answers.splice(0)) answer();
    await Promise.all(calls);
  };
  await round();
  await round();
  expect(told).toEqual(["silence", "answer", "answer", "silence", "answer", "answer"]);
});

it("gives up on an answer, on an item of a listing, and on a piece of a stream that was opened", async () => {
  const { seam } = patient({
    get: async ({ key }: { readonly key: string }, _context: OperationContext) =>
      key === "gone"
        ? await never()
        : {
            stream: Readable.from(
              (async function* () {
                yield "first";
                await never();
              })(),
            ),
          },
    list: async function* () {
      yield 1;
      yield await never();
    },
  });
  await expect(seam.get({ key: "gone" }, operationContext())).rejects.toMatchObject(silent);
  const seen: number[] = [];
  const listing = (async () => {
    for await (const item of seam.list()) seen.push(item);
  })();
  await expect(listing).rejects.toMatchObject(silent);
  expect(seen).toEqual([1]);
  const { stream } = await seam.get({ key: "here" }, operationContext());
  await expect(text(stream)).rejects.toMatchObject(silent);
});

it("hands over every byte of a stream, and does not hurry who reads slowly", async () => {
  const pieces = Array.from({ length: 50 }, (_, index) => Buffer.alloc(20_000, index));
  const { seam, told } = patient({
    get: async () => ({ stream: Readable.from(pieces, { objectMode: false }) }),
  });
  const { stream } = await seam.get();
  await sleep(2 * limitMs);
  const read: Buffer[] = [];
  for await (const piece of stream) read.push(piece as Buffer);
  expect(Buffer.concat(read).equals(Buffer.concat(pieces))).toBe(true);
  expect(told).not.toContain("silence");
});

it("closes the source of a stream that nobody reads to its end", async () => {
  const source = Readable.from(["a", "b"]);
  const { seam } = patient({ get: async () => ({ stream: source }) });
  (await seam.get()).stream.destroy();
  await sleep(0);
  expect(source.destroyed).toBe(true);
});

it("lets a call that was given a stream take as long as its bytes do", async () => {
  const { seam } = patient({
    put: async (_: { readonly body: Readable }, _context: OperationContext) => {
      await sleep(2 * limitMs);
      return "stored";
    },
  });
  expect(await seam.put({ body: Readable.from(["x"]) }, operationContext())).toBe("stored");
});

it("ends a call with its caller, without a word of its own", async () => {
  const caller = new AbortController();
  const { seam } = patient({
    get: (_: object, { signal }: OperationContext) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
      ),
  });
  const call = seam.get({}, operationContext({ signal: caller.signal }));
  caller.abort(new Error("enough"));
  await expect(call).rejects.toThrow("enough");
});
