import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { Downloaded } from "@hawser/core/plugin";

/** A downloaded file and its path in the tree. */
export interface TreeFile {
  readonly path: string;
  readonly file: Downloaded;
}

const blockBytes = 512;

/** A tar of files that were downloaded, in the order of their paths: core's reader makes the tree of it, by its rules. */
export const filesArchive = (files: readonly TreeFile[]): Readable =>
  Readable.from(blocks(files), { objectMode: false });

async function* blocks(files: readonly TreeFile[]): AsyncGenerator<Buffer> {
  for (const { path, file } of files) {
    // Name and length stand in records, which take any: the header's own fields stay short.
    const records = Buffer.from(record("path", path) + record("size", String(file.sizeBytes)));
    yield Buffer.concat([header("x", records.length), records, padding(records.length), header("0", 0)]);
    for await (const chunk of createReadStream(file.path, { highWaterMark: 1 << 18 })) yield chunk as Buffer;
    yield padding(file.sizeBytes);
  }
  yield Buffer.alloc(2 * blockBytes);
}

const padding = (length: number): Buffer => Buffer.alloc((blockBytes - (length % blockBytes)) % blockBytes);

/** `<length> <key>=<value>\n`, the length counting itself. */
const record = (key: string, value: string): string => {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return `${length} ${key}=${value}\n`;
};

const header = (typeFlag: string, sizeBytes: number): Buffer => {
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  block.write("file", 0);
  block.write(`${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
  block.write(`${octal(sizeBytes, 11)}\0${octal(0, 11)}\0`, 124);
  block.write(`        ${typeFlag}`, 148);
  block.write("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
};
