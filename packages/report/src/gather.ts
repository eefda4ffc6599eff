import type { DiffAnswer, Engine, HistoryEntry, LogEntry } from "@hawser/core";
import { HawserError, type RunEvent } from "@hawser/core/plugin";
import type { RunFacts } from "./facts.ts";

/** What of an engine a picture is made from: it reads storage alone, and changes nothing. */
export type Reading = Pick<Engine, "overview" | "history" | "events" | "diff" | "logs">;

export interface GatherRequest {
  /** As for every verb of the engine. */
  readonly environment?: string;
  /** Default: the newest one. */
  readonly run?: string;
  readonly signal?: AbortSignal;
}

/** Of so many instances that failed the output is read. */
const readInstances = 20;
/** So much of the output of one instance is kept, its end. */
const keptCharacters = 64 << 10;

/** Looks up all that storage has of a run; undefined when there is no such run. What cannot be read is told of and no failure. */
export const gatherFacts = async (
  engine: Reading,
  { run: asked, ...request }: GatherRequest = {},
): Promise<RunFacts | undefined> => {
  const gathered = Date.now();
  const { application, environment, runs, open } = await engine.overview(request);
  const run = asked ?? runs[0]?.run ?? undefined;
  if (run === undefined) return undefined;
  const history = runs.find((each) => each.run === run) ?? (await engine.history({ ...request, run }))[0];
  const unknown: string[] = [];
  const events = await unlessFailed("the events", unknown, request.signal, () =>
    collected(engine.events({ ...request, run })),
  );
  if (history === undefined && (events ?? []).length === 0) return undefined;
  const diff = await unlessFailed("what changed", unknown, request.signal, () =>
    diffOf(engine, request, events ?? [], history),
  );
  const logs = await unlessFailed("the output", unknown, request.signal, () =>
    failedOutput(engine, { ...request, run }, events ?? []),
  );
  return {
    application,
    environment,
    events: events ?? [],
    ...(history !== undefined && { history }),
    ...(diff !== undefined && { diff }),
    ...(logs !== undefined && { logs }),
    ...(unknown.length > 0 && { unknown }),
    ...(history?.outcome === "open" && { underWay: open?.run === run && open.underWay }),
    gathered,
  };
};

const unlessFailed = async <T>(
  what: string,
  unknown: string[],
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T | undefined> => {
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    const code = HawserError.is(error) ? ` (${error.code})` : "";
    unknown.push(`${what}: ${error instanceof Error ? error.message : String(error)}${code}`);
    return undefined;
  }
};

const collected = async (events: AsyncIterable<RunEvent>): Promise<readonly RunEvent[]> => {
  const all: RunEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};

/** The release before and the one that the run was about; a first release is compared with itself, which tells what it is. */
const diffOf = async (
  engine: Reading,
  request: Omit<GatherRequest, "run">,
  events: readonly RunEvent[],
  history: HistoryEntry | undefined,
): Promise<DiffAnswer | undefined> => {
  const result = events.findLast((event) => event.type === "result");
  const to = history?.to ?? result?.release ?? undefined;
  if (to === undefined) return undefined;
  return await engine.diff({ ...request, from: history?.from ?? result?.from ?? to, to });
};

/** Who failed: instances, and the deployer when it was none of them. */
const failedIn = (events: readonly RunEvent[]): readonly string[] => {
  const failed = new Set<string>();
  for (const event of events) {
    if (event.type === "instance" && event.state === "failed") failed.add(event.instance);
    if (event.type !== "result") continue;
    for (const { id, error } of event.instances) if (error !== undefined) failed.add(id);
    if (event.error !== undefined) failed.add(event.error.instance ?? "deployer");
  }
  return [...failed];
};

const failedOutput = async (
  engine: Reading,
  request: GatherRequest & { readonly run: string },
  events: readonly RunEvent[],
): Promise<readonly LogEntry[]> => {
  const all: LogEntry[] = [];
  for (const instance of failedIn(events).slice(0, readInstances)) {
    const kept: LogEntry[] = [];
    let characters = 0;
    for await (const entry of engine.logs({ ...request, instance })) {
      kept.push(entry);
      characters += entry.text.length;
      while (characters > keptCharacters && kept.length > 1) characters -= kept.shift()?.text.length ?? 0;
    }
    all.push(...kept);
  }
  return all;
};
