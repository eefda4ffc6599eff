import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { bytes, code, repeat, type StorageTrial } from "./trial.ts";

/** Conditional writes, alone and in a crowd. */
export function describeConditions(trial: StorageTrial): void {
  const { context, put, read, rounds, writers } = trial;

  describe("put with a condition", () => {
    it("with ifAbsent stores only if the key is missing, else HWS_STORAGE_CONFLICT", async () => {
      await put("app/object", bytes("first"), { ifAbsent: true });
      await expect(put("app/object", bytes("second"), { ifAbsent: true })).rejects.toEqual(
        code("HWS_STORAGE_CONFLICT"),
      );
      expect((await read("app/object")).toString()).toBe("first");
      await trial.storage.delete({ key: "app/object" }, context);
      await put("app/object", bytes("third"), { ifAbsent: true });
      expect((await read("app/object")).toString()).toBe("third");
    });

    it("with ifMatch stores only if the object still has this etag, else HWS_STORAGE_CONFLICT", async () => {
      const first = await put("app/object", bytes("first"));
      const second = await put("app/object", bytes("second"), { ifMatch: first.etag });
      await expect(put("app/object", bytes("third"), { ifMatch: first.etag })).rejects.toEqual(
        code("HWS_STORAGE_CONFLICT"),
      );
      expect((await read("app/object")).toString()).toBe("second");
      await put("app/object", bytes("fourth"), { ifMatch: second.etag });
      expect((await read("app/object")).toString()).toBe("fourth");
    });

    it("with ifMatch on a missing key is HWS_STORAGE_CONFLICT", async () => {
      const { etag } = await put("app/object", bytes("first"));
      await trial.storage.delete({ key: "app/object" }, context);
      await expect(put("app/object", bytes("second"), { ifMatch: etag })).rejects.toEqual(
        code("HWS_STORAGE_CONFLICT"),
      );
      expect(await trial.storage.stat({ key: "app/object" }, context)).toBeUndefined();
    });

    it("of many concurrent puts with ifAbsent exactly one succeeds", async () => {
      for (let round = 0; round < rounds; round++) {
        const key = `app/round-${round}`;
        await expectOneWinner(key, (body) => put(key, body, { ifAbsent: true }));
      }
    });

    it("of many concurrent puts with the same ifMatch exactly one succeeds", async () => {
      for (let round = 0; round < rounds; round++) {
        const key = `app/round-${round}`;
        const { etag } = await put(key, bytes("before"));
        await expectOneWinner(key, (body) => put(key, body, { ifMatch: etag }));
      }
    });

    it("decides about long bodies as about short ones", async () => {
      const long = (letter: string): Buffer => Buffer.alloc(9_000_001, letter);
      const first = await put("app/long", long("a"), { ifAbsent: true });
      const refused = code("HWS_STORAGE_CONFLICT");
      await expect(put("app/long", long("b"), { ifAbsent: true })).rejects.toEqual(refused);
      const contenders = ["c", "d", "e", "f"].map((letter) =>
        put("app/long", long(letter), { ifMatch: first.etag }),
      );
      const settled = await Promise.allSettled(contenders);
      expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const end of settled) if (end.status === "rejected") expect(end.reason).toEqual(refused);
      const winner = "cdef"[settled.findIndex(({ status }) => status === "fulfilled")] as string;
      expect((await read("app/long")).equals(long(winner))).toBe(true);
    });

    it("concurrent increments by ifMatch lose none", async () => {
      await put("app/counter", bytes("0"));
      const increment = async (): Promise<void> => {
        for (;;) {
          const { stream, etag } = await trial.storage.get({ key: "app/counter" }, context);
          const next = bytes(String(Number((await buffer(stream)).toString()) + 1));
          const won = await put("app/counter", next, { ifMatch: etag }).then(
            () => true,
            (error: unknown) => {
              expect(error).toEqual(code("HWS_STORAGE_CONFLICT"));
              return false;
            },
          );
          if (won) return;
        }
      };
      await Promise.all(Array.from({ length: 5 }, () => repeat(6, increment)));
      expect((await read("app/counter")).toString()).toBe("30");
    });
  });

  async function expectOneWinner(key: string, attempt: (body: Buffer) => Promise<unknown>): Promise<void> {
    const bodies = Array.from({ length: writers }, (_, i) => bytes(`writer ${i}`));
    const settled = await Promise.allSettled(bodies.map(attempt));
    const winners = settled.flatMap(({ status }, i) => (status === "fulfilled" ? [i] : []));
    const reasons = settled.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    expect(winners).toHaveLength(1);
    for (const reason of reasons) expect(reason).toEqual(code("HWS_STORAGE_CONFLICT"));
    expect((await read(key)).toString()).toBe(`writer ${winners[0]}`);
  }
}
