import type { OperationContext } from "../contracts/common.ts";
import type { Outcome } from "../contracts/events.ts";
import type { Storage } from "../contracts/storage.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { runGrammar } from "./fields.ts";
import { type JournalEntry, parseEntry } from "./journal-entry.ts";
import { type EnvironmentKeys, environmentKeys } from "./keys.ts";
import { mapLimited } from "./limited.ts";
import { readObject } from "./object.ts";

/** One run as the history shows it. */
export interface RunSummary {
  readonly run: string;
  readonly epoch: number;
  readonly verb: string;
  readonly who: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly message?: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly ended?: number;
  readonly durationMs?: number;
  readonly outcome: Outcome | "open";
  readonly exitCode?: number;
  /** The instances that it left outside the load balancers, since it could not reach or mend them; empty while it has no end. */
  readonly leftOut: readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;
  /** True when its first entry is lost or damaged: what stands here is what could be read. */
  readonly damaged: boolean;
}

/** A run's id: the epoch of the lock under which it started, which nobody else ever has. */
export const runId = (epoch: number): string => String(epoch).padStart(6, "0");

interface Listed {
  readonly run: string;
  readonly hasEnd: boolean;
}

/** The runs of one environment. */
export class Runs {
  readonly #storage: Storage;
  readonly #keys: EnvironmentKeys;

  constructor(storage: Storage, application: string, environment: string) {
    this.#storage = storage;
    this.#keys = environmentKeys(application, environment);
  }

  /** Newest first. */
  async list({ limit }: { readonly limit: number }, context: OperationContext): Promise<RunSummary[]> {
    const runs = (await this.ids(context)).slice(0, limit);
    return mapLimited(runs, ({ run }) => this.#summary(run, context));
  }

  /** The newest run that has no end: its deployer died, or works now. */
  async open(context: OperationContext): Promise<RunSummary | undefined> {
    const open = (await this.ids(context)).find(({ hasEnd }) => !hasEnd);
    return open && this.#summary(open.run, context);
  }

  /** The newest runs, newest first, and the newest that has no end, of one listing. */
  async look(
    { limit }: { readonly limit: number },
    context: OperationContext,
  ): Promise<{ readonly newest: RunSummary[]; readonly open: RunSummary | undefined }> {
    const ids = await this.ids(context);
    const newest = await mapLimited(ids.slice(0, limit), ({ run }) => this.#summary(run, context));
    const open = ids.find(({ hasEnd }) => !hasEnd);
    const known = newest.find(({ run }) => run === open?.run);
    return { newest, open: known ?? (open && (await this.#summary(open.run, context))) };
  }

  /** One run; undefined when nothing of it is there. */
  async get(run: string, context: OperationContext): Promise<RunSummary | undefined> {
    const present = await this.#storage.stat({ key: this.#keys.entry(run, 0) }, context);
    return present && this.#summary(run, context);
  }

  /** The ids of all runs, newest first. */
  async ids(context: OperationContext): Promise<Listed[]> {
    const ended = new Map<string, boolean>();
    for await (const { key } of this.#storage.list({ prefix: this.#keys.runs }, context)) {
      const [run = "", kind] = key.slice(this.#keys.runs.length).split("/");
      if (runGrammar.test(run)) ended.set(run, (ended.get(run) ?? false) || kind === "end");
    }
    return [...ended].map(([run, hasEnd]) => ({ run, hasEnd })).sort((a, b) => Number(b.run) - Number(a.run));
  }

  async #summary(run: string, context: OperationContext): Promise<RunSummary> {
    const [start, end] = await Promise.all([
      this.#entry(this.#keys.entry(run, 0), context),
      this.#entry(this.#keys.end(run), context),
    ]);
    return summarize(run, start, end);
  }

  async #entry(key: string, context: OperationContext): Promise<JournalEntry | undefined> {
    const found = await readObject(this.#storage, key, context);
    if (found === undefined) return undefined;
    try {
      return parseEntry(found.bytes, key);
    } catch (error) {
      if (HawserError.is(error, "HWS_STATE_CORRUPT")) return undefined;
      throw error;
    }
  }
}

function summarize(run: string, start: JournalEntry | undefined, end: JournalEntry | undefined): RunSummary {
  const first = start?.kind === "start" ? start : undefined;
  const last = end?.kind === "end" ? end : undefined;
  const started = first?.time ?? last?.time ?? 0;
  return {
    run,
    epoch: first?.epoch ?? Number(run),
    verb: first?.verb ?? "unknown",
    who: first?.who ?? "unknown",
    from: first?.from ?? null,
    to: last?.to ?? first?.to ?? null,
    ...(first?.message !== undefined && { message: first.message }),
    started,
    ...(last !== undefined && {
      ended: last.time,
      durationMs: Math.max(0, last.time - started),
      exitCode: last.exitCode,
    }),
    outcome: last?.outcome ?? "open",
    leftOut:
      last?.instances.flatMap(({ id, state, out }) =>
        // A run that ships takes out whom it cannot reach; mending never does.
        out === true || (state === "unreachable" && first?.verb !== "reconcile") ? [id] : [],
      ) ?? [],
    facts: first?.facts ?? {},
    damaged: first === undefined,
  };
}
