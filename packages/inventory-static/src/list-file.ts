import { open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseDocument } from "yaml";
import { inventoryErrors } from "./errors.ts";

const maxBytes = 4 * 1024 * 1024;
/** A file that changed less than this ago may still be growing. */
const settledMs = 250;
const looks = 8;

interface Look {
  readonly text: string;
  readonly state: string;
  readonly ageMs: number;
}

const stateOf = (facts: { ino: bigint; size: bigint; mtimeNs: bigint }): string =>
  `${facts.ino}:${facts.size}:${facts.mtimeNs}`;

const look = async (file: string): Promise<Look> => {
  const handle = await open(file, "r");
  try {
    const before = await handle.stat({ bigint: true });
    if (!before.isFile()) throw inventoryErrors.HWS_INVENTORY_UNREADABLE([file, "it is not a file"]);
    if (before.size > maxBytes) throw inventoryErrors.HWS_INVENTORY_UNREADABLE([file, "it is over 4 MiB"]);
    const text = await handle.readFile("utf8");
    const after = await stat(file, { bigint: true });
    if (stateOf(before) !== stateOf(after)) throw inventoryErrors.HWS_INVENTORY_CHANGING([file]);
    return { text, state: stateOf(after), ageMs: Date.now() - Number(after.mtimeNs / 1_000_000n) };
  } finally {
    await handle.close();
  }
};

/** Waits for a file that was written just now to rest. A clock that differs makes an age negative: that rests too. */
const readSettled = async (file: string, signal: AbortSignal): Promise<string> => {
  for (let count = 0; count < looks; count += 1) {
    const seen = await look(file);
    if (seen.ageMs < 0 || seen.ageMs >= settledMs) return seen.text;
    await delay(settledMs - seen.ageMs + 1, undefined, { signal });
  }
  throw inventoryErrors.HWS_INVENTORY_CHANGING([file]);
};

const parse = (file: string, text: string): unknown => {
  // The last line of a list that was cut is a shorter name, and good YAML.
  if (!/[\n\]}]\s*$/.test(text)) throw inventoryErrors.HWS_INVENTORY_CHANGING([file]);
  const document = parseDocument(text, { uniqueKeys: true });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined)
    throw inventoryErrors.HWS_INVENTORY_INVALID([file, problem.message.split("\n")[0] ?? ""]);
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw inventoryErrors.HWS_INVENTORY_INVALID([file, "too many aliases"], { cause: error });
  }
};

/** Reads the list of a file in YAML or JSON. */
export const readListFile = async (file: string, signal: AbortSignal): Promise<readonly unknown[]> => {
  signal.throwIfAborted();
  let text: string;
  try {
    text = await readSettled(file, signal);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (signal.aborted || code === undefined || code.startsWith("HWS_")) throw error;
    throw inventoryErrors.HWS_INVENTORY_UNREADABLE([file, code], { cause: error });
  }
  if (text.trim() === "") throw inventoryErrors.HWS_INVENTORY_EMPTY([basename(file)]);
  const list = parse(file, text);
  if (list === null) throw inventoryErrors.HWS_INVENTORY_EMPTY([basename(file)]);
  if (!Array.isArray(list)) throw inventoryErrors.HWS_INVENTORY_INVALID([file, "it is not a list"]);
  return list;
};
