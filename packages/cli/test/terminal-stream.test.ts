import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Output } from "../src/output/output.ts";
import { TerminalStream } from "../src/output/terminal-stream.ts";
import { folder } from "./process.ts";

const text = Array.from({ length: 40_000 }, (_, line) => `line ${line}\n`).join("");

/** A pipe with a name stands for a terminal: both stop taking bytes when nobody reads. */
const pipe = async (): Promise<{ path: string; reader: number }> => {
  const path = join(await folder(), "pipe");
  execFileSync("mkfifo", [path]);
  return { path, reader: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK) };
};

const readable = (reader: number): string => {
  const buffer = Buffer.alloc(1 << 20);
  try {
    return buffer.toString("utf8", 0, readSync(reader, buffer));
  } catch {
    return "";
  }
};

describe("a terminal that takes nothing for a while", () => {
  it("holds nothing up, and gets everything in order once it reads again", async () => {
    const { path, reader } = await pipe();
    const stream = TerminalStream.open(path) as TerminalStream;
    const output = new Output(stream);
    output.write(text);
    await setImmediate();
    expect(output.busy).toBe(true);
    let seen = "";
    const flushed = output.flushed(20_000).then(() => "flushed");
    while ((await Promise.race([flushed, setImmediate("reading")])) === "reading") seen += readable(reader);
    seen += readable(reader);
    expect(seen).toBe(text);
    stream.destroy();
    closeSync(reader);
  });

  it("is given up when it is gone", async () => {
    const { path, reader } = await pipe();
    const stream = TerminalStream.open(path) as TerminalStream;
    const output = new Output(stream);
    output.write(text);
    closeSync(reader);
    await output.flushed(20_000);
    output.line("more");
    expect(stream.destroyed).toBe(true);
  });
});
