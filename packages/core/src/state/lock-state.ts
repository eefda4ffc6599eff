import type { HawserError } from "../errors/hawser-error.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { Fields, renderDocument, runGrammar } from "./fields.ts";
import type { Owner } from "./owner.ts";

/** The lock object: permanent, changed by compare-and-swap only. Of a free one, the rest tells about the last owner. */
export interface LockState {
  readonly state: "free" | "held";
  /** Rises with every owner; the fencing token. */
  readonly epoch: number;
  /** The owner's turn, for `unlock`: the same through all its beats. */
  readonly id: string;
  /** Another in every write: etags may repeat. */
  readonly nonce: string;
  readonly beat: number;
  /** How long a silent owner keeps it. */
  readonly ttlMs: number;
  readonly owner: Owner;
  readonly verb: string;
  readonly run?: string;
  readonly phase?: string;
  /** When it was taken and last confirmed, milliseconds since 1970 by the owner's clock: for people only. */
  readonly since: number;
  readonly updated: number;
}

export function renderLock(state: LockState): Buffer {
  return renderDocument({ ...state });
}

export function parseLock(bytes: Uint8Array, key: string): LockState {
  const fields = Fields.parse(bytes, key);
  return {
    state: fields.word("state", ["free", "held"]),
    epoch: fields.count("epoch"),
    id: fields.text("id", /^[!-~]{0,100}$/),
    nonce: fields.text("nonce", /^[0-9a-f]{1,64}$/),
    beat: fields.count("beat"),
    ttlMs: fields.count("ttlMs"),
    owner: parseOwner(fields.child("owner")),
    verb: fields.text("verb", /^[ -~]{1,100}$/),
    ...(fields.has("run") && { run: fields.text("run", runGrammar) }),
    ...(fields.has("phase") && { phase: fields.text("phase", /^[ -~]{1,200}$/) }),
    since: fields.count("since"),
    updated: fields.count("updated"),
  };
}

function parseOwner(fields: Fields): Owner {
  // What a person will read on a terminal holds no control character.
  const printable = /^[^\p{Cc}]{0,255}$/u;
  return {
    host: fields.text("host", printable),
    user: fields.text("user", printable),
    pid: fields.count("pid"),
    bootId: fields.text("bootId", printable),
    pidStart: fields.text("pidStart", printable),
    pidSpace: fields.text("pidSpace", printable),
    ...(fields.has("ci") && { ci: fields.text("ci", /^https?:\/\/[!-~]{1,500}$/) }),
  };
}

/** The holder in one line: who, where, what, since when, and the id to unlock it with. */
export function describeHolder(state: LockState, now: number = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - state.since) / 1000));
  const age = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  return [
    `${state.owner.user}@${state.owner.host} (pid ${state.owner.pid})`,
    `${state.verb} for ${age}`,
    state.run && `run ${state.run}`,
    state.phase && `at ${state.phase}`,
    state.owner.ci,
    `lock id ${state.id}`,
  ]
    .filter(Boolean)
    .join(", ");
}

export function busy(state: LockState): HawserError {
  const { owner, id, epoch, verb, run, phase, since } = state;
  const { host, user, pid, ci } = owner;
  return stateErrors.HWS_LOCK_BUSY([describeHolder(state)], {
    hint: `wait for it (--wait=10m); when its owner is known to be dead, free it with \`hawser unlock ${id}\``,
    details: {
      id,
      host,
      user,
      pid,
      ci,
      epoch,
      verb,
      run,
      phase,
      since,
      ageMs: Math.max(0, Date.now() - since),
    },
  });
}
