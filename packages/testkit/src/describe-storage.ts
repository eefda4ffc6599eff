import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Storage } from "@hawser/core/plugin";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { operationContext } from "./context.ts";

export interface StorageSubject {
  /** Makes a provider over a fresh and empty place. */
  create(): Promise<Storage>;
  /** Another provider over the same place, as another process has it. Default: the same provider. */
  second?(storage: Storage): Promise<Storage>;
  /** How many writers contend, and how often. Default 40 and 5. */
  readonly contention?: { readonly writers: number; readonly rounds: number };
}

const code = (value: string) => expect.objectContaining({ code: value });
const bytes = (text: string) => Buffer.from(text);

/** The contract of a storage, one test for each of its sentences. */
export function describeStorage(name: string, subject: StorageSubject): void {
  describe(`${name} keeps the contract of a storage`, () => {
    let storage: Storage;
    const context = operationContext();
    const { writers, rounds } = subject.contention ?? { writers: 40, rounds: 5 };

    beforeEach(async () => {
      storage = await subject.create();
    });
    afterEach(async () => {
      await storage[Symbol.asyncDispose]?.();
    });

    const put = (key: string, body: Uint8Array, condition: { ifAbsent?: boolean; ifMatch?: string } = {}) =>
      storage.put({ key, body, sizeBytes: body.length, ...condition }, context);
    const read = async (key: string, from: Storage = storage) =>
      buffer((await from.get({ key }, context)).stream);
    const keys = async (prefix: string, from: Storage = storage) => {
      const found: string[] = [];
      for await (const { key } of from.list({ prefix }, context)) found.push(key);
      return found;
    };

    describe("get", () => {
      it("gives the bytes that were put, whatever they are", async () => {
        for (const body of [Buffer.alloc(0), bytes("a\0\r\n\xff"), randomBytes(700_001)]) {
          await put("app/object", body);
          const { stream, sizeBytes, etag } = await storage.get({ key: "app/object" }, context);
          expect((await buffer(stream)).equals(body)).toBe(true);
          expect(sizeBytes).toBe(body.length);
          expect(etag).toBe((await storage.stat({ key: "app/object" }, context))?.etag);
        }
      });

      it("a missing key is HWS_STORAGE_NOT_FOUND", async () => {
        await expect(storage.get({ key: "app/missing" }, context)).rejects.toEqual(
          code("HWS_STORAGE_NOT_FOUND"),
        );
        await expect(storage.get({ key: "no/such/folder" }, context)).rejects.toEqual(
          code("HWS_STORAGE_NOT_FOUND"),
        );
      });

      it("the bytes are those of one put, never a mixture of two", async () => {
        const bodies = ["a", "b", "c"].map((letter) => Buffer.alloc(300_000, letter));
        await put("app/object", bodies[0] as Buffer);
        const writing = (async () => {
          for (let i = 0; i < 24; i++) await put("app/object", bodies[i % 3] as Buffer);
        })();
        for (let i = 0; i < 24; i++) {
          const seen = await read("app/object");
          expect(bodies.some((body) => body.equals(seen))).toBe(true);
        }
        await writing;
      });

      it("a stream that is not read to its end frees what it holds", async () => {
        await put("app/object", randomBytes(600_000));
        for (let i = 0; i < 5; i++) {
          const { stream } = await storage.get({ key: "app/object" }, context);
          stream.destroy();
          await new Promise((resolve) => stream.once("close", resolve));
        }
        expect(await read("app/object")).toHaveLength(600_000);
      });

      it("stops soon when it is aborted", async () => {
        await put("app/object", randomBytes(3_000_000));
        const controller = new AbortController();
        const { stream } = await storage.get(
          { key: "app/object" },
          operationContext({ signal: controller.signal }),
        );
        controller.abort(new Error("enough"));
        await expect(buffer(stream)).rejects.toThrow();
        await expect(
          storage.get({ key: "app/object" }, operationContext({ signal: controller.signal })),
        ).rejects.toThrow();
      });
    });

    describe("stat", () => {
      it("is undefined for a missing key", async () => {
        expect(await storage.stat({ key: "app/missing" }, context)).toBeUndefined();
        expect(await storage.stat({ key: "app/folder/missing" }, context)).toBeUndefined();
      });

      it("the etag changes whenever the bytes change", async () => {
        const seen = new Set<string>();
        for (let i = 0; i < 100; i++) seen.add((await put("app/object", bytes(`${i % 10}${i}`))).etag);
        expect(seen.size).toBe(100);
      });

      it("tells what put told", async () => {
        const stored = await put("app/object", bytes("twelve bytes"));
        expect(stored.sizeBytes).toBe(12);
        expect(await storage.stat({ key: "app/object" }, context)).toEqual(stored);
      });
    });

    describe("list", () => {
      it("every object whose key begins with the prefix, in key order", async () => {
        const all = ["app/a-b/x", "app/a.b", "app/a/x", "app/a/y/z", "app/a0", "app/b", "app2/a", "other"];
        for (const key of [...all].reverse()) await put(key, bytes(key));
        expect(await keys("")).toEqual(all);
        expect(await keys("app/")).toEqual(all.slice(0, 6));
        expect(await keys("app/a")).toEqual(all.slice(0, 5));
        expect(await keys("app/a/")).toEqual(["app/a/x", "app/a/y/z"]);
        expect(await keys("app/a/y")).toEqual(["app/a/y/z"]);
        expect(await keys("nothing/")).toEqual([]);
      });

      it("tells the size of each object", async () => {
        await put("app/one", bytes("1"));
        await put("app/three", bytes("333"));
        const sizes: number[] = [];
        for await (const { sizeBytes } of storage.list({ prefix: "app/" }, context)) sizes.push(sizeBytes);
        expect(sizes).toEqual([1, 3]);
      });

      it("gives more objects than one answer of a server holds", async () => {
        const many = Array.from({ length: 1_100 }, (_, i) => `app/many/${String(i).padStart(5, "0")}`);
        for (let at = 0; at < many.length; at += 50) {
          await Promise.all(many.slice(at, at + 50).map((key) => put(key, bytes("x"))));
        }
        expect(await keys("app/many/")).toEqual(many);
      });

      it("stops soon when it is aborted", async () => {
        for (const key of ["a", "b", "c", "d"]) await put(`app/${key}`, bytes(key));
        const controller = new AbortController();
        const listing = (async () => {
          for await (const _ of storage.list(
            { prefix: "app/" },
            operationContext({ signal: controller.signal }),
          ))
            controller.abort(new Error("enough"));
        })();
        await expect(listing).rejects.toThrow();
      });
    });

    describe("put", () => {
      it("takes a stream of the promised length", async () => {
        const body = randomBytes(1_500_000);
        const parts = [body.subarray(0, 10), body.subarray(10, 900_000), body.subarray(900_000)];
        await storage.put({ key: "app/s", body: Readable.from(parts), sizeBytes: body.length }, context);
        expect((await read("app/s")).equals(body)).toBe(true);
      });

      it("replaces what was there", async () => {
        await put("app/object", bytes("a long first body"));
        await put("app/object", bytes("second"));
        expect((await read("app/object")).toString()).toBe("second");
      });

      it("a body of another length is HWS_STORAGE_TRUNCATED and stores nothing", async () => {
        await put("app/kept", bytes("kept"));
        for (const key of ["app/kept", "app/fresh"]) {
          for (const length of [0, 4, 6, 100_000]) {
            const body = Buffer.alloc(length, "x");
            for (const given of [body, Readable.from(length === 0 ? [] : [body])]) {
              await expect(storage.put({ key, body: given, sizeBytes: 5 }, context)).rejects.toEqual(
                code("HWS_STORAGE_TRUNCATED"),
              );
            }
          }
        }
        expect((await read("app/kept")).toString()).toBe("kept");
        expect(await keys("")).toEqual(["app/kept"]);
      });

      it("a put whose body fails leaves the key as it was", async () => {
        const failing = () =>
          Readable.from(
            (async function* () {
              yield bytes("some");
              throw new Error("the source is gone");
            })(),
          );
        await put("app/kept", bytes("kept"));
        for (const key of ["app/kept", "app/fresh"]) {
          await expect(storage.put({ key, body: failing(), sizeBytes: 10 }, context)).rejects.toThrow();
        }
        expect((await read("app/kept")).toString()).toBe("kept");
        expect(await keys("")).toEqual(["app/kept"]);
      });

      it("a put that was aborted leaves the key as it was", async () => {
        await put("app/kept", bytes("kept"));
        for (const key of ["app/kept", "app/fresh"]) {
          const controller = new AbortController();
          const body = new Readable({ read: () => undefined });
          body.push(bytes("some"));
          const pending = storage.put(
            { key, body, sizeBytes: 10 },
            operationContext({ signal: controller.signal }),
          );
          setTimeout(() => controller.abort(new Error("enough")), 20);
          await expect(pending).rejects.toThrow();
          await expect(
            storage.put(
              { key, body: bytes("x"), sizeBytes: 1 },
              operationContext({ signal: controller.signal }),
            ),
          ).rejects.toThrow();
        }
        expect((await read("app/kept")).toString()).toBe("kept");
        expect(await keys("")).toEqual(["app/kept"]);
      });

      it("with ifAbsent stores only if the key is missing, else HWS_STORAGE_CONFLICT", async () => {
        await put("app/object", bytes("first"), { ifAbsent: true });
        await expect(put("app/object", bytes("second"), { ifAbsent: true })).rejects.toEqual(
          code("HWS_STORAGE_CONFLICT"),
        );
        expect((await read("app/object")).toString()).toBe("first");
        await storage.delete({ key: "app/object" }, context);
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
        await storage.delete({ key: "app/object" }, context);
        await expect(put("app/object", bytes("second"), { ifMatch: etag })).rejects.toEqual(
          code("HWS_STORAGE_CONFLICT"),
        );
        expect(await storage.stat({ key: "app/object" }, context)).toBeUndefined();
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

      it("concurrent increments by ifMatch lose none", async () => {
        await put("app/counter", bytes("0"));
        const increment = async (): Promise<void> => {
          for (;;) {
            const { stream, etag } = await storage.get({ key: "app/counter" }, context);
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

      it("what was stored is seen by the next get, stat and list of every process", async () => {
        const other = (await subject.second?.(storage)) ?? storage;
        for (let i = 0; i < 5; i++) {
          await put(`app/seen/${i}`, bytes(`body ${i}`));
          expect((await read(`app/seen/${i}`, other)).toString()).toBe(`body ${i}`);
          expect(await other.stat({ key: `app/seen/${i}` }, context)).toBeDefined();
          expect(await keys("app/seen/", other)).toHaveLength(i + 1);
        }
        await storage.delete({ key: "app/seen/0" }, context);
        expect(await other.stat({ key: "app/seen/0" }, context)).toBeUndefined();
      });
    });

    describe("delete", () => {
      it("deletes the object and nothing else", async () => {
        for (const key of ["app/a", "app/a-b", "app/folder/b"]) await put(key, bytes(key));
        await storage.delete({ key: "app/a" }, context);
        expect(await keys("")).toEqual(["app/a-b", "app/folder/b"]);
      });

      it("deleting a missing key succeeds", async () => {
        await storage.delete({ key: "app/missing" }, context);
        await storage.delete({ key: "no/such/folder" }, context);
        expect(await keys("")).toEqual([]);
      });

      it("a key below a folder that became empty can be stored again", async () => {
        await Promise.all(
          Array.from({ length: 10 }, (_, i) =>
            repeat(5, async () => {
              await put(`app/deep/er/${i}`, bytes("x"));
              await storage.delete({ key: `app/deep/er/${i}` }, context);
            }),
          ),
        );
        expect(await keys("")).toEqual([]);
      });
    });

    it.each([
      "",
      "/",
      "/a",
      "a/",
      "a//b",
      ".",
      "..",
      "../a",
      "a/../b",
      "a/./b",
      ".hidden",
      "a/.hidden",
      "-rf",
      "a/-b",
      "_a",
      "a b",
      "a\nb",
      "a\0b",
      "a\\b",
      "C:\\a",
      "a%2fb",
      "ä",
      "a?b",
      "a*",
      "a".repeat(201),
      "~",
    ])("a key that does not fit the grammar is HWS_STORAGE_KEY_INVALID: %j", async (key) => {
      const refused = code("HWS_STORAGE_KEY_INVALID");
      await expect(storage.get({ key }, context)).rejects.toEqual(refused);
      await expect(storage.stat({ key }, context)).rejects.toEqual(refused);
      await expect(put(key, bytes("x"))).rejects.toEqual(refused);
      await expect(storage.delete({ key }, context)).rejects.toEqual(refused);
      expect(await keys("")).toEqual([]);
    });

    it("a prefix that no key can begin with is HWS_STORAGE_KEY_INVALID", async () => {
      for (const prefix of ["../", "/", "a/../", ".hidden", "a//"]) {
        await expect(keys(prefix)).rejects.toEqual(code("HWS_STORAGE_KEY_INVALID"));
      }
    });

    it("may be disposed twice", async () => {
      await storage[Symbol.asyncDispose]?.();
      await storage[Symbol.asyncDispose]?.();
    });

    it("checks itself without a problem", async () => {
      const problems = (await storage.check?.(context)) ?? [];
      expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(await keys("")).toEqual([]);
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
  });
}

async function repeat(times: number, act: () => Promise<void>): Promise<void> {
  for (let i = 0; i < times; i++) await act();
}
