import type { HistoryEntry } from "../contracts/engine-reports.ts";
import type { HistoryRequest } from "../contracts/engine-requests.ts";
import type { Desk } from "../engine/operation.ts";
import type { ReadingDesk } from "../engine/reading-desk.ts";
import { runGrammar } from "../state/fields.ts";
import type { Note } from "../state/notes.ts";
import type { RunSummary } from "../state/runs.ts";
import { RunCommits } from "./run-commits.ts";

/** How many are looked through for those that are asked for: more than retention keeps. */
const searched = 1_000;

/** What runs did, and what people did beside them, newest first. */
export const history = async (
  desk: ReadingDesk,
  request: HistoryRequest,
): Promise<readonly HistoryEntry[]> => {
  const context = desk.reporter.operation(desk.control.signal, "history");
  const { limit: wanted = 50, run, since, verb, outcome } = request;
  if (run !== undefined) {
    const found = runGrammar.test(run) ? await desk.stores.runs.get(run, context) : undefined;
    return found === undefined ? [] : [runEntry(found)];
  }
  const limit = since === undefined && verb === undefined && outcome === undefined ? wanted : searched;
  const [runs, notes] = await Promise.all([
    desk.stores.runs.list({ limit }, context),
    desk.stores.notes.list({ limit }, context),
  ]);
  return merged(runs.map(runEntry), notes.map(noteEntry))
    .filter((entry) => isWanted(entry, request))
    .slice(0, wanted);
};

/** The same with the commits of each run, asked for one after the other. */
export const historyWithCommits = async (
  desk: Desk,
  request: HistoryRequest,
): Promise<readonly HistoryEntry[]> => {
  const commits = new RunCommits(desk, desk.reporter.operation(desk.control.signal, "history"));
  const all: HistoryEntry[] = [];
  for (const entry of await history(desk, request)) all.push({ ...entry, ...(await commits.of(entry)) });
  return all;
};

const isWanted = (entry: HistoryEntry, { since, verb, outcome }: HistoryRequest): boolean =>
  (since === undefined || entry.started >= since) &&
  (verb === undefined || entry.verb === verb) &&
  (outcome === undefined || entry.outcome === outcome);

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
