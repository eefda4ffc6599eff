import { outcomes } from "../contracts/event-types.ts";
import type { InstanceResult, Outcome } from "../contracts/events.ts";
import { Fields, renderDocument, runGrammar } from "./fields.ts";

export type Facts = Readonly<Record<string, unknown>>;

interface EntryBase {
  /** Its place in the run, from 0. */
  readonly seq: number;
  /** sha256 of the entry before it as it was stored; empty for the first and after a gap. */
  readonly prev: string;
  /** Milliseconds since 1970, the writer's clock. */
  readonly time: number;
  /** The epoch of its writer: that of the run, or of the one that resumed it. */
  readonly epoch: number;
}

/** What a run is and wants. */
export interface RunStart {
  readonly run: string;
  readonly epoch: number;
  readonly verb: string;
  readonly who: string;
  readonly from: string | null;
  readonly to?: string;
  readonly message?: string;
  readonly facts: Facts;
}

/** What a run is about to do or did. */
export interface JournalStep {
  readonly step: string;
  readonly wave?: number;
  readonly phase: "intent" | "done" | "failed";
  readonly facts?: Facts;
}

/** How a run ended. */
export interface RunEnd {
  readonly outcome: Outcome;
  readonly exitCode: number;
  readonly to: string | null;
  readonly instances: readonly EndedInstance[];
}

/** One instance as a run left it. */
export interface EndedInstance extends Pick<InstanceResult, "id" | "release" | "state"> {
  /** The run left it outside the load balancers: a later one may put it in again. */
  readonly out?: true;
}

export type JournalEntry =
  | (EntryBase & { readonly kind: "start" } & Omit<RunStart, "epoch">)
  | (EntryBase & { readonly kind: "step" } & JournalStep)
  | (EntryBase & { readonly kind: "end" } & RunEnd);

type WithoutPlace<T> = T extends unknown ? Omit<T, "seq" | "prev" | "time" | "epoch"> : never;
/** An entry that has no place in the chain yet. */
export type NewEntry = WithoutPlace<JournalEntry>;

export function renderEntry(entry: JournalEntry, nonce: string): Buffer {
  return renderDocument({ ...entry, nonce });
}

export function parseEntry(bytes: Uint8Array, key: string): JournalEntry {
  const fields = Fields.parse(bytes, key);
  const base = {
    seq: fields.count("seq"),
    prev: fields.text("prev", /^(?:[0-9a-f]{64})?$/),
    time: fields.count("time"),
    epoch: fields.count("epoch"),
  };
  const kind = fields.word("kind", ["start", "step", "end"]);
  if (kind === "start") return { ...base, kind, ...parseStart(fields) };
  if (kind === "step") return { ...base, kind, ...parseStep(fields) };
  return { ...base, kind, ...parseEnd(fields) };
}

function parseStart(fields: Fields): Omit<RunStart, "epoch"> {
  return {
    run: fields.text("run", runGrammar),
    verb: fields.text("verb"),
    who: fields.text("who"),
    from: fields.has("from") ? fields.text("from") : null,
    ...(fields.has("to") && { to: fields.text("to") }),
    ...(fields.has("message") && { message: fields.text("message", /^[^\0]{0,100000}$/s) }),
    facts: fields.facts("facts"),
  };
}

function parseStep(fields: Fields): JournalStep {
  return {
    step: fields.text("step"),
    phase: fields.word("phase", ["intent", "done", "failed"]),
    ...(fields.has("wave") && { wave: fields.count("wave") }),
    ...(fields.has("facts") && { facts: fields.facts("facts") }),
  };
}

function parseEnd(fields: Fields): RunEnd {
  return {
    outcome: fields.word("outcome", outcomes),
    exitCode: fields.count("exitCode"),
    to: fields.has("to") ? fields.text("to") : null,
    instances: fields.list("instances", (item, where) => {
      const instance = new Fields(item, where);
      return {
        id: instance.text("id"),
        release: instance.has("release") ? instance.text("release") : null,
        state: instance.text("state") as InstanceResult["state"],
        ...(instance.has("out") && { out: true as const }),
      };
    }),
  };
}
