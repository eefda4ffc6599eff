import { expect, it } from "vitest";
import { bytes, code, type StorageTrial } from "./trial.ts";

/** Hostile keys, and what every provider does besides. */
export function describeGrammar(trial: StorageTrial): void {
  const { context, put, keys } = trial;

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
    Array.from({ length: 5 }, () => "a".repeat(190)).join("/"),
    "~",
  ])("a key that does not fit the grammar is HWS_STORAGE_KEY_INVALID: %j", async (key) => {
    const refused = code("HWS_STORAGE_KEY_INVALID");
    await expect(trial.storage.get({ key }, context)).rejects.toEqual(refused);
    await expect(trial.storage.stat({ key }, context)).rejects.toEqual(refused);
    await expect(put(key, bytes("x"))).rejects.toEqual(refused);
    await expect(trial.storage.delete({ key }, context)).rejects.toEqual(refused);
    expect(await keys("")).toEqual([]);
  });

  it("a prefix that no key can begin with is HWS_STORAGE_KEY_INVALID", async () => {
    for (const prefix of ["../", "/", "a/../", ".hidden", "a//"]) {
      await expect(keys(prefix)).rejects.toEqual(code("HWS_STORAGE_KEY_INVALID"));
    }
  });

  const { plugin } = trial;
  if (plugin !== undefined) {
    it("its options schema refuses what it does not know", () => {
      expect(plugin.kind).toBe("storage");
      expect(plugin.schema.type).toBe("object");
      expect(plugin.schema.additionalProperties).toBe(false);
    });
  }

  it("may be disposed twice", async () => {
    await trial.storage[Symbol.asyncDispose]?.();
    await trial.storage[Symbol.asyncDispose]?.();
  });

  it("checks itself without a problem", async () => {
    const problems = (await trial.storage.check?.(context)) ?? [];
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(await keys("")).toEqual([]);
  });
}
