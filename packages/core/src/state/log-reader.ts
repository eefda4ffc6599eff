import type { OperationContext } from "../contracts/common.ts";
import type { LogEntry } from "../contracts/engine-reports.ts";
import type { Storage } from "../contracts/storage.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { Fields } from "./fields.ts";
import { environmentKeys } from "./keys.ts";
import { readLines } from "./line-reader.ts";

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
    for await (const line of readLines(storage, key, context)) {
      const entry = parseLine(line, key);
      if (entry === undefined || (query.step !== undefined && query.step !== entry.step)) continue;
      yield { run, instance, ...entry };
    }
  }
}

function parseLine(line: string, key: string): Omit<LogEntry, "run" | "instance"> | undefined {
  try {
    const fields = new Fields(JSON.parse(line), key);
    const text = fields.text("text", /^.{0,100000}$/s);
    return {
      step: fields.text("step"),
      command: fields.text("command"),
      text,
      ...(fields.has("time") && { time: fields.count("time") }),
    };
  } catch (error) {
    if (error instanceof SyntaxError || HawserError.is(error, "HWS_STATE_CORRUPT")) return undefined;
    throw error;
  }
}
