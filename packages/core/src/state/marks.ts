import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { Fields, releaseGrammar, renderDocument } from "./fields.ts";
import { type EnvironmentKeys, environmentKeys } from "./keys.ts";
import { mapLimited } from "./limited.ts";
import { freshNonce, readObject, swap } from "./object.ts";

/** What an environment knows of a release that it had. */
export interface Mark {
  /** The install plan that it last ran with; empty when that is not known. */
  readonly plan: string;
  /** When it was last proved good, seconds since 1970. */
  readonly good?: number;
  /** Set when it was left for another by a rollback; `since` in seconds since 1970. */
  readonly bad?: { readonly since: number; readonly reason: string };
  readonly lastRun: string;
}

/** The releases that were proved good and not left by a rollback since. */
export const goodReleases = (marks: ReadonlyMap<string, Mark>): ReadonlySet<string> =>
  new Set(
    [...marks].flatMap(([id, mark]) => (mark.good !== undefined && mark.bad === undefined ? [id] : [])),
  );

/** What changes of a mark; null takes the field away. */
export interface MarkPatch {
  readonly plan?: string;
  readonly good?: number | null;
  readonly bad?: Mark["bad"] | null;
  readonly lastRun?: string;
}

const attempts = 20;

/** What one environment knows of releases: that they were good, or bad. */
export class Marks {
  readonly #storage: Storage;
  readonly #keys: EnvironmentKeys;

  constructor(storage: Storage, application: string, environment: string) {
    this.#storage = storage;
    this.#keys = environmentKeys(application, environment);
  }

  async read(release: string, context: OperationContext): Promise<Mark | undefined> {
    return (await this.#find(release, context))?.mark;
  }

  async list(context: OperationContext): Promise<Map<string, Mark>> {
    const releases: string[] = [];
    for await (const { key } of this.#storage.list({ prefix: this.#keys.marks }, context)) {
      const release = key.slice(this.#keys.marks.length);
      if (releaseGrammar.test(release)) releases.push(release);
    }
    const marks = await mapLimited(releases, (release) => this.read(release, context));
    return new Map(
      releases.flatMap((release, index) => {
        const mark = marks[index];
        return mark === undefined ? [] : [[release, mark] as const];
      }),
    );
  }

  /** Changes some fields and keeps the others, also when somebody else changes the mark meanwhile. */
  async set(release: string, patch: MarkPatch, context: OperationContext): Promise<Mark> {
    const key = this.#keys.mark(release);
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const found = await this.#find(release, context);
      const mark = patched(found?.mark ?? { plan: "", lastRun: "" }, patch);
      const bytes = renderDocument({ ...mark, nonce: freshNonce() });
      const expected = found?.etag ?? null;
      if ((await swap(this.#storage, { key, bytes, expected }, context)).won) return mark;
    }
    throw stateErrors.HWS_STATE_CONTENDED([key]);
  }

  async #find(release: string, context: OperationContext): Promise<{ mark: Mark; etag: string } | undefined> {
    const key = this.#keys.mark(release);
    const found = await readObject(this.#storage, key, context);
    return found && { mark: parseMark(found.bytes, key), etag: found.etag };
  }
}

function patched(mark: Mark, patch: MarkPatch): Mark {
  const good = patch.good === undefined ? mark.good : patch.good;
  const bad = patch.bad === undefined ? mark.bad : patch.bad;
  return {
    plan: patch.plan ?? mark.plan,
    lastRun: patch.lastRun ?? mark.lastRun,
    ...(good !== undefined && good !== null && { good }),
    ...(bad !== undefined && bad !== null && { bad }),
  };
}

function parseMark(bytes: Buffer, key: string): Mark {
  const fields = Fields.parse(bytes, key);
  const bad = fields.has("bad") ? fields.child("bad") : undefined;
  return {
    plan: fields.text("plan", /^(?:sha256-[0-9a-f]{64})?$/),
    lastRun: fields.text("lastRun", /^(?:[0-9]{6,12})?$/),
    ...(fields.has("good") && { good: fields.count("good") }),
    ...(bad && { bad: { since: bad.count("since"), reason: bad.text("reason") } }),
  };
}
