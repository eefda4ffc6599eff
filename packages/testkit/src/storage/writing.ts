import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { operationContext } from "../context.ts";
import { bytes, code, repeat, type StorageTrial } from "./trial.ts";

/** The writer's half of the contract, without conditions. */
export function describeWriting(trial: StorageTrial): void {
  const { context, put, read, keys } = trial;

  describe("put", () => {
    it("takes a stream of the promised length", async () => {
      const body = randomBytes(1_500_000);
      const parts = [body.subarray(0, 10), body.subarray(10, 900_000), body.subarray(900_000)];
      await trial.storage.put({ key: "app/s", body: Readable.from(parts), sizeBytes: body.length }, context);
      expect((await read("app/s")).equals(body)).toBe(true);
    });

    it("takes a long body, as bytes and as a stream", async () => {
      const body = randomBytes(20_000_003);
      await put("app/bytes", body);
      const parts = [body.subarray(0, 11_000_000), body.subarray(11_000_000)];
      await trial.storage.put({ key: "app/s", body: Readable.from(parts), sizeBytes: body.length }, context);
      expect((await read("app/bytes")).equals(body)).toBe(true);
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
            await expect(trial.storage.put({ key, body: given, sizeBytes: 5 }, context)).rejects.toEqual(
              code("HWS_STORAGE_TRUNCATED"),
            );
          }
        }
      }
      expect((await read("app/kept")).toString()).toBe("kept");
      expect(await keys("")).toEqual(["app/kept"]);
    });

    it("a long body of another length is HWS_STORAGE_TRUNCATED and stores nothing", async () => {
      await put("app/kept", bytes("kept"));
      const promised = 20_000_003;
      for (const key of ["app/kept", "app/fresh"]) {
        for (const length of [promised - 1, promised + 1, 0]) {
          const body = Readable.from([Buffer.alloc(length, "x")]);
          await expect(trial.storage.put({ key, body, sizeBytes: promised }, context)).rejects.toEqual(
            code("HWS_STORAGE_TRUNCATED"),
          );
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
        await expect(trial.storage.put({ key, body: failing(), sizeBytes: 10 }, context)).rejects.toThrow();
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
        const pending = trial.storage.put(
          { key, body, sizeBytes: 10 },
          operationContext({ signal: controller.signal }),
        );
        setTimeout(() => controller.abort(new Error("enough")), 20);
        await expect(pending).rejects.toThrow();
        await expect(
          trial.storage.put(
            { key, body: bytes("x"), sizeBytes: 1 },
            operationContext({ signal: controller.signal }),
          ),
        ).rejects.toThrow();
      }
      expect((await read("app/kept")).toString()).toBe("kept");
      expect(await keys("")).toEqual(["app/kept"]);
    });

    it("what was stored is seen by the next get, stat and list of every process", async () => {
      const other = await trial.second();
      for (let i = 0; i < 5; i++) {
        await put(`app/seen/${i}`, bytes(`body ${i}`));
        expect((await read(`app/seen/${i}`, other)).toString()).toBe(`body ${i}`);
        expect(await other.stat({ key: `app/seen/${i}` }, context)).toBeDefined();
        expect(await keys("app/seen/", other)).toHaveLength(i + 1);
      }
      await trial.storage.delete({ key: "app/seen/0" }, context);
      expect(await other.stat({ key: "app/seen/0" }, context)).toBeUndefined();
    });
  });

  describe("delete", () => {
    it("deletes the object and nothing else", async () => {
      for (const key of ["app/a", "app/a-b", "app/folder/b"]) await put(key, bytes(key));
      await trial.storage.delete({ key: "app/a" }, context);
      expect(await keys("")).toEqual(["app/a-b", "app/folder/b"]);
    });

    it("deleting a missing key succeeds", async () => {
      await trial.storage.delete({ key: "app/missing" }, context);
      await trial.storage.delete({ key: "no/such/folder" }, context);
      expect(await keys("")).toEqual([]);
    });

    it("a key below a folder that became empty can be stored again", async () => {
      await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          repeat(5, async () => {
            await put(`app/deep/er/${i}`, bytes("x"));
            await trial.storage.delete({ key: `app/deep/er/${i}` }, context);
          }),
        ),
      );
      expect(await keys("")).toEqual([]);
    });
  });
}
