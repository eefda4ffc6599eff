import { randomBytes } from "node:crypto";
import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { Fields, releaseGrammar, renderDocument } from "./fields.ts";
import { applicationKeys, environmentKeys } from "./keys.ts";
import { mapLimited } from "./limited.ts";
import { readObject, swap } from "./object.ts";
import { type Person, parsePerson, reasonGrammar, thisPerson } from "./person.ts";

const verbs = [
  "pin",
  "unpin",
  "hold",
  "unhold",
  "promote",
  "drain",
  "undrain",
  "maintenance on",
  "maintenance off",
  "exec",
] as const;

/** What a person did that is no run. */
export interface Note {
  readonly verb: (typeof verbs)[number];
  readonly who: Person;
  readonly why?: string;
  /** Milliseconds since 1970, the writer's clock: for people only. */
  readonly time: number;
  readonly release?: string;
  /** The environment that a release came from. */
  readonly origin?: string;
  /** When a hold ends by itself, milliseconds since 1970. */
  readonly until?: number;
  /** The instances that it was done to. */
  readonly instances?: readonly string[];
  /** What was executed, as a shell would take it, without the secrets of the config. */
  readonly command?: string;
  /** The id of its output in the logs. */
  readonly log?: string;
}

/** Where notes are written: what is done to releases concerns the application, the rest one environment. */
interface NotePlace {
  readonly notes: string;
  note(id: string): string;
}

const environmentGrammar = /^[a-z0-9-]{0,63}$/;
/** How what is executed beside the runs is named. */
export const execGrammar: RegExp = /^exec-[0-9]{15}-[0-9a-f]{6}$/;
/** When it was written, and what keeps two of one moment apart. */
export const noteGrammar: RegExp = /^[0-9]{15}-[0-9a-f]{12}$/;

/** Create-only entries: what was done beside the runs. Their order is that of their writers' clocks. */
export class Notes {
  readonly #storage: Storage;
  readonly #application: NotePlace;
  readonly #environment: NotePlace;

  constructor(storage: Storage, application: string, environment: string) {
    this.#storage = storage;
    this.#application = applicationKeys(application);
    this.#environment = environmentKeys(application, environment);
  }

  /** Writes down what was done to a release, whatever the environment. */
  async ofApplication(note: Omit<Note, "who" | "time">, context: OperationContext): Promise<Note> {
    return this.#write(this.#application, note, context);
  }

  async ofEnvironment(note: Omit<Note, "who" | "time">, context: OperationContext): Promise<Note> {
    return this.#write(this.#environment, note, context);
  }

  /** The newest notes of the application and of this environment, newest first. A damaged one is left out. */
  async list({ limit }: { readonly limit: number }, context: OperationContext): Promise<Note[]> {
    const both = await Promise.all(
      [this.#application, this.#environment].map((place) => this.#ids(place, limit, context)),
    );
    const keys = both
      .flat()
      .sort(([a], [b]) => (a < b ? 1 : -1))
      .slice(0, limit)
      .map(([, key]) => key);
    const found = await mapLimited(keys, (key) => this.#read(key, context));
    return found.flatMap((note) => (note === undefined ? [] : [note]));
  }

  async #write(place: NotePlace, done: Omit<Note, "who" | "time">, context: OperationContext): Promise<Note> {
    const note: Note = { ...done, who: thisPerson(), time: Date.now() };
    const id = `${String(note.time).padStart(15, "0")}-${randomBytes(6).toString("hex")}`;
    const key = place.note(id);
    await swap(this.#storage, { key, bytes: renderDocument({ ...note }), expected: null }, context);
    return note;
  }

  async #ids(place: NotePlace, limit: number, context: OperationContext): Promise<[string, string][]> {
    const ids: [string, string][] = [];
    for await (const { key } of this.#storage.list({ prefix: place.notes }, context)) {
      const id = key.slice(place.notes.length);
      if (noteGrammar.test(id)) ids.push([id, key]);
    }
    return ids.slice(-limit);
  }

  async #read(key: string, context: OperationContext): Promise<Note | undefined> {
    try {
      const found = await readObject(this.#storage, key, context);
      return found && parseNote(found.bytes, key);
    } catch (error) {
      if (HawserError.is(error, "HWS_STATE_CORRUPT") || HawserError.is(error, "HWS_STATE_NEWER"))
        return undefined;
      throw error;
    }
  }
}

/** Reads a note; what does not fit is `HWS_STATE_CORRUPT`. */
export function parseNote(bytes: Buffer, key: string): Note {
  const fields = Fields.parse(bytes, key);
  return {
    verb: fields.word("verb", verbs),
    who: parsePerson(fields.child("who")),
    time: fields.count("time"),
    ...(fields.has("why") && { why: fields.text("why", reasonGrammar) }),
    ...(fields.has("release") && { release: fields.text("release", releaseGrammar) }),
    ...(fields.has("origin") && { origin: fields.text("origin", environmentGrammar) }),
    ...(fields.has("until") && { until: fields.count("until") }),
    ...(fields.has("instances") && { instances: fields.texts("instances") }),
    ...(fields.has("command") && { command: fields.text("command", reasonGrammar) }),
    ...(fields.has("log") && { log: fields.text("log", execGrammar) }),
  };
}
