import { randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { operationContext } from "../context.ts";
import { bytes, code, type StorageTrial } from "./trial.ts";

/** The reader's half of the contract. */
export function describeReading(trial: StorageTrial): void {
  const { context, put, read, keys } = trial;

  describe("get", () => {
    it("gives the bytes that were put, whatever they are", async () => {
      for (const body of [Buffer.alloc(0), bytes("a\0\r\n\xff"), randomBytes(700_001)]) {
        await put("app/object", body);
        const { stream, sizeBytes, etag } = await trial.storage.get({ key: "app/object" }, context);
        expect((await buffer(stream)).equals(body)).toBe(true);
        expect(sizeBytes).toBe(body.length);
        expect(etag).toBe((await trial.storage.stat({ key: "app/object" }, context))?.etag);
      }
    });

    it("a missing key is HWS_STORAGE_NOT_FOUND", async () => {
      await expect(trial.storage.get({ key: "app/missing" }, context)).rejects.toEqual(
        code("HWS_STORAGE_NOT_FOUND"),
      );
      await expect(trial.storage.get({ key: "no/such/folder" }, context)).rejects.toEqual(
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
        const { stream } = await trial.storage.get({ key: "app/object" }, context);
        stream.destroy();
        await new Promise((resolve) => stream.once("close", resolve));
      }
      expect(await read("app/object")).toHaveLength(600_000);
    });

    it("stops soon when it is aborted", async () => {
      await put("app/object", randomBytes(3_000_000));
      const controller = new AbortController();
      const { stream } = await trial.storage.get(
        { key: "app/object" },
        operationContext({ signal: controller.signal }),
      );
      controller.abort(new Error("enough"));
      await expect(buffer(stream)).rejects.toThrow();
      await expect(
        trial.storage.get({ key: "app/object" }, operationContext({ signal: controller.signal })),
      ).rejects.toThrow();
    });
  });

  describe("stat", () => {
    it("is undefined for a missing key", async () => {
      expect(await trial.storage.stat({ key: "app/missing" }, context)).toBeUndefined();
      expect(await trial.storage.stat({ key: "app/folder/missing" }, context)).toBeUndefined();
    });

    it("the etag changes whenever the bytes change", async () => {
      const seen = new Set<string>();
      for (let i = 0; i < 100; i++) seen.add((await put("app/object", bytes(`${i % 10}${i}`))).etag);
      expect(seen.size).toBe(100);
    });

    it("tells what put told", async () => {
      const stored = await put("app/object", bytes("twelve bytes"));
      expect(stored.sizeBytes).toBe(12);
      expect(await trial.storage.stat({ key: "app/object" }, context)).toEqual(stored);
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
      for await (const { sizeBytes } of trial.storage.list({ prefix: "app/" }, context))
        sizes.push(sizeBytes);
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
        for await (const _ of trial.storage.list(
          { prefix: "app/" },
          operationContext({ signal: controller.signal }),
        ))
          controller.abort(new Error("enough"));
      })();
      await expect(listing).rejects.toThrow();
    });
  });
}
