import type { Readable } from "node:stream";
import type { OperationContext } from "../contracts/common.ts";
import type { LogEntry } from "../contracts/engine-reports.ts";
import type { Storage } from "../contracts/storage.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { Fields } from "./fields.ts";
import { environmentKeys } from "./keys.ts";

export interface LogQuery {
  readonly instance?: string;
  readonly step?: string;
}

/** The kept output of a run, by instance, oldest first. A damaged line is left out. */
export async function* readRunLog(
  storage: Storage,
  application: string,
  environment: string,
  run: string,
  context: OperationContext,
  query: LogQuery = {},
): AsyncGenerator<LogEntry> {
  const prefix = environmentKeys(application, environment).logs(run);
  for await (const { key } of storage.list({ prefix }, context)) {
    const [instance = ""] = key.slice(prefix.length).split("/");
    if (query.instance !== undefined && query.instance !== instance) continue;
    const { stream } = await storage.get({ key }, context);
    for await (const line of linesOf(stream)) {
      const entry = parseLine(line, key);
      if (entry === undefined || (query.step !== undefined && query.step !== entry.step)) continue;
      yield { run, instance, ...entry };
    }
  }
}

/** Splits by newline alone; a stream that fails fails here, which `node:readline` does not promise. */
async function* linesOf(stream: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function parseLine(line: string, key: string): Omit<LogEntry, "run" | "instance"> | undefined {
  try {
    const fields = new Fields(JSON.parse(line), key);
    const text = fields.text("text", /^.{0,100000}$/s);
    return { step: fields.text("step"), command: fields.text("command"), text };
  } catch (error) {
    if (error instanceof SyntaxError || HawserError.is(error, "HWS_STATE_CORRUPT")) return undefined;
    throw error;
  }
}
