import type { OperationContext } from "../contracts/common.ts";
import type { HistoryEntry, LogEntry, ReleaseSummary } from "../contracts/engine-reports.ts";
import type { HistoryRequest } from "../contracts/engine-requests.ts";
import type { RunEvent } from "../contracts/events.ts";
import type { Desk } from "../engine/operation.ts";
import type { ReadingDesk } from "../engine/reading-desk.ts";
import type { Note } from "../state/notes.ts";
import { readRunEvents } from "../state/run-events.ts";
import { readRunLog } from "../state/run-log.ts";
import { type RunSummary, runGrammar } from "../state/runs.ts";
import { pinReport } from "./pins.ts";

/** Every release in storage, newest first, with what this environment knows of it. */
export const releases = async (desk: Desk): Promise<readonly ReleaseSummary[]> => {
  const context = desk.reporter.operation(desk.control.signal, "releases");
  const [records, marks, desired, pins] = await Promise.all([
    desk.stores.releases.list(context),
    desk.stores.marks.list(context),
    desk.stores.desired.read(context),
    desk.stores.pins.list(context),
  ]);
  return records.reverse().map((record) => {
    const { label, author } = record.revision;
    const mark = marks.get(record.id);
    const pin = pins.get(record.id);
    return {
      id: record.id,
      revision: record.revision.id,
      ...(label !== undefined && { label }),
      ...(author !== undefined && { author }),
      created: record.created * 1000,
      artifact: record.artifact,
      sizeBytes: record.filesBytes,
      inService: desired?.state.release === record.id ? [desk.config.environment || "top level"] : [],
      good: mark?.good !== undefined && mark.bad === undefined,
      bad: mark?.bad !== undefined,
      ...(pin !== undefined && { pinned: pinReport(pin) }),
    };
  });
};

/** What runs did, and what people did beside them, newest first. */
export const history = async (desk: Desk, request: HistoryRequest): Promise<readonly HistoryEntry[]> => {
  const context = desk.reporter.operation(desk.control.signal, "history");
  if (request.run !== undefined) {
    const found = runGrammar.test(request.run) ? await desk.stores.runs.get(request.run, context) : undefined;
    return found === undefined ? [] : [runEntry(found)];
  }
  const limit = request.limit ?? 50;
  const [runs, notes] = await Promise.all([
    desk.stores.runs.list({ limit }, context),
    desk.stores.notes.list({ limit }, context),
  ]);
  return merged(runs.map(runEntry), notes.map(noteEntry)).slice(0, limit);
};

/** A run as the history tells of it. */
export const runEntry = (summary: RunSummary): HistoryEntry => {
  const { facts, epoch: _, leftOut: _l, damaged: _d, exitCode: _x, ended: _e, ...entry } = summary;
  const origin = (facts.promoted as { environment?: unknown } | undefined)?.environment;
  return { ...entry, ...(typeof origin === "string" && { origin }) };
};

const noteEntry = ({ verb, who, why, time, release, origin, ...about }: Note): HistoryEntry => ({
  run: null,
  verb,
  who: who.user,
  from: null,
  to: release ?? null,
  ...(why !== undefined && { message: why }),
  started: time,
  outcome: "noted",
  ...(origin !== undefined && { origin }),
  ...about,
});

/** Runs keep the order of their epochs, whatever their clocks say; a note stands before the runs that it followed. */
const merged = (runs: readonly HistoryEntry[], notes: readonly HistoryEntry[]): HistoryEntry[] => {
  const all: HistoryEntry[] = [];
  const left = [...notes];
  for (const run of runs) {
    while (left[0] !== undefined && left[0].started >= run.started) all.push(...left.splice(0, 1));
    all.push(run);
  }
  return [...all, ...left];
};

/** What a run told; without a name the newest one. */
export async function* events(
  desk: ReadingDesk,
  request: { readonly run?: string },
): AsyncGenerator<RunEvent> {
  const context = desk.reporter.operation(desk.control.signal, "events");
  const run = request.run ?? (await newestRun(desk, context));
  if (run === undefined) return;
  const { storage, application, environment } = desk.stores;
  yield* readRunEvents(storage, { application, environment, run }, context);
}

const newestRun = async ({ stores }: ReadingDesk, context: OperationContext): Promise<string | undefined> =>
  (await stores.runs.list({ limit: 1 }, context))[0]?.run;

/** The kept output of a run; without a name that of the newest one. */
export async function* logs(
  desk: ReadingDesk,
  request: { readonly run?: string; readonly instance?: string; readonly step?: string },
): AsyncGenerator<LogEntry> {
  const context = desk.reporter.operation(desk.control.signal, "logs");
  const { storage, application, environment } = desk.stores;
  const run = request.run ?? (await newestRun(desk, context));
  if (run === undefined) return;
  yield* readRunLog(storage, application, environment, run, context, request);
}
