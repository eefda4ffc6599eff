import { readFile } from "node:fs/promises";
import type { InstanceReader } from "@hawser/core/plugin";
import { errors, systemCode } from "./errors.ts";
import type { FsStorageOptions } from "./options.ts";

/** How instances read this storage: from a server in front of it, or in the directory, where they mount it. */
export async function readerOf(options: FsStorageOptions): Promise<InstanceReader | undefined> {
  const { publicUrl: url, headers = {}, ca, mountedAt } = options;
  if (url === undefined) return mountedAt === undefined ? undefined : { kind: "file", directory: mountedAt };
  return { kind: "https", url, headers, ...(ca !== undefined && { ca: await authority(ca) }) };
}

async function authority(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw errors.HWS_STORAGE_AUTHORITY([file, systemCode(cause) ?? "it cannot be read"], { cause });
  });
  if (!text.includes("-----BEGIN CERTIFICATE-----"))
    throw errors.HWS_STORAGE_AUTHORITY([file, "it holds no certificate in PEM"]);
  return text;
}
