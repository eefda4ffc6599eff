import { Readable } from "node:stream";
import { HawserError } from "@hawser/core/plugin";
import { MemoryStorage } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import { readObject } from "../../src/state/object.ts";
import { operation, replaced } from "./storages.ts";

const context = operation();
const bytes = Buffer.from("whole");

/** A storage whose streams are cut so often, and how often it was asked. */
const cutting = async (times: number, retryable = true) => {
  const storage = new MemoryStorage();
  await storage.put({ key: "shop/x", body: bytes, sizeBytes: bytes.length }, context);
  let asked = 0;
  const cut = replaced(storage, {
    get: async (request, operation) => {
      asked++;
      const found = await storage.get(request, operation);
      if (asked > times) return found;
      found.stream.destroy();
      const stream = Readable.from(
        (async function* () {
          yield bytes.subarray(0, 2);
          throw new HawserError("HWS_TEST_CUT", "cut", { retryable });
        })(),
      );
      return { ...found, stream };
    },
  });
  return { storage: cut, asked: () => asked };
};

describe("reading an object", () => {
  it("asks again for bytes that were cut on the way", async () => {
    const { storage, asked } = await cutting(2);
    expect((await readObject(storage, "shop/x", context))?.bytes).toEqual(bytes);
    expect(asked()).toBe(3);
  });

  it("gives up bytes that are always cut", async () => {
    const { storage, asked } = await cutting(100);
    await expect(readObject(storage, "shop/x", context)).rejects.toMatchObject({ code: "HWS_TEST_CUT" });
    expect(asked()).toBe(4);
  });

  it("asks once where asking again would not help", async () => {
    const { storage, asked } = await cutting(1, false);
    await expect(readObject(storage, "shop/x", context)).rejects.toMatchObject({ code: "HWS_TEST_CUT" });
    expect(asked()).toBe(1);
  });

  it("tells a missing object by nothing", async () => {
    expect(await readObject(new MemoryStorage(), "shop/none", context)).toBeUndefined();
  });
});
