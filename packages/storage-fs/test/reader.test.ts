import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret, type Storage } from "@hawser/core/plugin";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, describe, expect, it } from "vitest";
import storageFs, { type FsStorageOptions } from "../src/index.ts";

const directory = mkdtempSync(join(tmpdir(), "hawser-fs-reader-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const open = async (options: Partial<FsStorageOptions>): Promise<Storage> =>
  await storageFs.create({ directory, ...options }, undefined as never);
const asked = [{ application: "shop", environment: "production" }, undefined as never] as const;

describe("how instances read a storage directory by themselves", () => {
  it("is not known unless an option says so", async () => {
    expect((await open({})).readerFor).toBeUndefined();
  });

  it("is a server in front of it, with its headers and its authority", async () => {
    const ca = join(directory, "ca.pem");
    const pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    writeFileSync(ca, pem);
    const headers = { Authorization: new Secret("Basic xyz") };
    const storage = await open({ publicUrl: "https://releases.dc/hawser", headers, ca });
    const reader = await storage.readerFor?.(...asked);
    expect(reader).toMatchObject({ kind: "https", url: "https://releases.dc/hawser", ca: pem });
    expect(reader?.kind === "https" && reader.headers.Authorization?.reveal()).toBe("Basic xyz");
  });

  it("is the directory where they mount it", async () => {
    const storage = await open({ mountedAt: "/mnt/releases" });
    expect(await storage.readerFor?.(...asked)).toEqual({ kind: "file", directory: "/mnt/releases" });
  });

  it("is refused with certificates that are none", async () => {
    const ca = join(directory, "none.pem");
    writeFileSync(ca, "nothing");
    await expect(open({ publicUrl: "https://releases.dc", ca })).rejects.toMatchObject({
      code: "HWS_STORAGE_AUTHORITY",
    });
    await expect(
      open({ publicUrl: "https://releases.dc", ca: join(directory, "gone") }),
    ).rejects.toMatchObject({
      code: "HWS_STORAGE_AUTHORITY",
    });
  });

  it.each<[string, object]>([
    ["a URL with credentials", { publicUrl: "https://user:pass@releases.dc/" }],
    ["a URL with a query", { publicUrl: "https://releases.dc/?token=1" }],
    ["a URL of another protocol", { publicUrl: "ftp://releases.dc/" }],
    ["a URL with a quote", { publicUrl: 'https://releases.dc/"' }],
    ["a URL beside a mount", { publicUrl: "https://releases.dc", mountedAt: "/mnt" }],
    ["a mount that is not absolute", { mountedAt: "mnt" }],
    ["headers without a URL", { headers: { a: "b" } }],
    ["a header's name with a break", { publicUrl: "https://releases.dc", headers: { "a\r\nb": "c" } }],
    ["a header's value with a break", { publicUrl: "https://releases.dc", headers: { a: "b\r\nc: d" } }],
  ])("the schema refuses %s", (_, options) => {
    const ajv = new Ajv2020({ strict: false });
    expect(ajv.validate(storageFs.schema as object, { directory: "x", ...options })).toBe(false);
  });

  it.each([
    { publicUrl: "https://releases.dc" },
    { publicUrl: "https://[::1]:8443/a/b%20c/", headers: { Authorization: "Bearer x" } },
    { mountedAt: "/mnt/my releases" },
  ])("the schema takes %j", (options) => {
    const ajv = new Ajv2020({ strict: false });
    expect(ajv.validate(storageFs.schema as object, { directory: "x", ...options })).toBe(true);
  });
});
