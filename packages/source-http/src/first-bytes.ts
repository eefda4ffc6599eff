import { open } from "node:fs/promises";
import type { ArchiveFormat } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

const signatures: readonly (readonly [string, ArchiveFormat, readonly number[]])[] = [
  ["a gzip file", "tar.gz", [0x1f, 0x8b]],
  ["a zstd file", "tar.zst", [0x28, 0xb5, 0x2f, 0xfd]],
  ["a zip", "zip", [0x50, 0x4b]],
];

const page = /^(?:\ufeff)?\s*<(?:!doctype|html|head|body|\?xml|!--)/i;

/** What the first bytes of a file look like; undefined when they say nothing, as those of a tar do. */
const likeness = (head: Buffer): { readonly name: string; readonly format?: ArchiveFormat } | undefined => {
  for (const [name, format, bytes] of signatures)
    if (head.subarray(0, bytes.length).equals(Buffer.from(bytes))) return { name, format };
  if (page.test(head.toString("utf8"))) return { name: "a page of HTML or XML" };
  return head.length === 0 ? { name: "an empty file" } : undefined;
};

/** Refuses what plainly is no archive of the format, above all a page that a server sent in its place. */
export const expectArchive = async (path: string, format: ArchiveFormat, url: string): Promise<void> => {
  const file = await open(path);
  let head: Buffer;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    head = buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
  const found = likeness(head);
  const isFit = found === undefined ? format === "tar" : found.format === format;
  if (!isFit) throw errors.HWS_WEB_FORMAT([url, `a ${format}`, found?.name ?? "something else"]);
};
