import { Secret } from "../contracts/secret.ts";
import { secretForms } from "./secret-forms.ts";

const hidden = "[redacted]";
/** A URL with a password, and a web URL with any user: tokens stand there alone too. */
const urlCredentials = /\b(https?:\/\/)[^\s/@"']+@|\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/@:"']*:)[^\s/@"']+@/gi;
/** What signs a URL is as good as a password until it expires. */
const urlSignature =
  /([?&](?:x-amz-(?:signature|credential|security-token)|signature|sig|token|access_token|private_token)=)[^&\s"'<>]+/gi;
/** How far back an unfinished URL is looked for. */
const longestUrl = 4096;

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/** A stream of text: each chunk gives what can be shown already, `end` the rest. */
export interface RedactedStream {
  push(text: string): string;
  end(): string;
}

/** Hides secrets in what is shown or kept: as they are, URL-encoded and in base64, and credentials in URLs. */
export class Redactor {
  readonly #forms = new Set<string>();
  #pattern: RegExp | undefined;

  add(secret: Secret | string): void {
    for (const form of secretForms(Secret.is(secret) ? secret.reveal() : secret)) this.#forms.add(form);
    const longestFirst = [...this.#forms].sort((a, b) => b.length - a.length);
    this.#pattern =
      longestFirst.length === 0 ? undefined : new RegExp(longestFirst.map(escaped).join("|"), "g");
  }

  /** Adds every `Secret` inside a value, as the options of a plugin are. */
  addFrom(value: unknown): void {
    if (Secret.is(value)) this.add(value);
    else if (typeof value === "object" && value !== null)
      for (const item of Object.values(value)) this.addFrom(item);
  }

  redact(text: string): string {
    const known = this.#pattern === undefined ? text : text.replaceAll(this.#pattern, hidden);
    return known
      .replaceAll(urlCredentials, (_all, web?: string, other?: string) => `${web ?? other}${hidden}@`)
      .replaceAll(urlSignature, (_all, name: string) => `${name}${hidden}`);
  }

  /** The same value with every text in it redacted, also in errors and their causes. */
  redactValue<T>(value: T): T {
    return this.#visit(value, new Map()) as T;
  }

  /** For output that comes in pieces: what may be the beginning of a secret is held back until it is known. */
  stream(): RedactedStream {
    let held = "";
    return {
      push: (text) => {
        held += text;
        const cut = this.#safeCut(held);
        const shown = this.redact(held.slice(0, cut));
        held = held.slice(cut);
        return shown;
      },
      end: () => {
        const shown = this.redact(held);
        held = "";
        return shown;
      },
    };
  }

  /** Where a text may be cut without cutting what must be hidden. */
  #safeCut(text: string): number {
    const run = /\S*$/.exec(text.slice(-longestUrl))?.[0] ?? "";
    const inUrl = run.includes("://") || /[a-z][a-z0-9+.-]{0,20}:?\/?$/i.test(run);
    let cut = inUrl && run.length < longestUrl ? text.length - run.length : text.length;
    cut = Math.min(cut, text.length - this.#openLength(text));
    for (const match of this.#pattern === undefined ? [] : text.matchAll(this.#pattern)) {
      if (match.index < cut && match.index + match[0].length > cut) cut = match.index;
    }
    return cut;
  }

  /** The length of the longest end of a text that begins a secret. */
  #openLength(text: string): number {
    let open = 0;
    for (const form of this.#forms) {
      for (let length = Math.min(form.length - 1, text.length); length > open; length -= 1) {
        if (text.endsWith(form.slice(0, length))) open = length;
      }
    }
    return open;
  }

  #visit(value: unknown, seen: Map<object, unknown>): unknown {
    if (typeof value === "string") return this.redact(value);
    if (Secret.is(value)) return hidden;
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || value instanceof Date) {
      return value;
    }
    if (value instanceof URL) return this.redact(value.href);
    const known = seen.get(value);
    if (known !== undefined) return known;
    if (Array.isArray(value)) {
      const list: unknown[] = [];
      seen.set(value, list);
      for (const item of value) list.push(this.#visit(item, seen));
      return list;
    }
    return this.#visitObject(value, seen);
  }

  #visitObject(value: object, seen: Map<object, unknown>): unknown {
    // An error's message and stack are its own but not enumerable; its class is what callers look at.
    const copy: object = Object.create(Object.getPrototypeOf(value));
    seen.set(value, copy);
    for (const key of Reflect.ownKeys(value)) {
      const descriptor = Object.getOwnPropertyDescriptor(value, key);
      if (descriptor === undefined) continue;
      Object.defineProperty(copy, typeof key === "string" ? this.redact(key) : key, {
        enumerable: descriptor.enumerable ?? false,
        configurable: true,
        writable: true,
        value: this.#visit(Reflect.get(value, key), seen),
      });
    }
    return copy;
  }
}
