import { errors } from "./errors.ts";

/** Refs that are names to any source; those that fit can at most not exist. */
const anyRef = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/+@-]{0,254}$/;
/** Refs that stand in a URL: they cannot make another path or query of it. */
const ownRef = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

const placeholder = "{ref}";

/** The URL of the options, with or without a place for a ref. */
export class ArtifactUrl {
  readonly #template: string;
  readonly #ref: string | undefined;
  readonly hasRef: boolean;

  constructor(template: string, ref: string | undefined) {
    this.#template = template;
    this.#ref = ref;
    this.hasRef = template.includes(placeholder);
    const url = URL.canParse(this.#filled("r")) ? new URL(this.#filled("r")) : undefined;
    if (url?.protocol !== "https:" && url?.protocol !== "http:")
      throw errors.HWS_WEB_OPTIONS(["url is no https:// or http:// URL"]);
    if (url.username !== "" || url.password !== "")
      throw errors.HWS_WEB_OPTIONS(["url holds credentials, which have options of their own"]);
    if (new URL(this.#filled("a")).origin !== new URL(this.#filled("b")).origin)
      throw errors.HWS_WEB_OPTIONS([
        "{ref} may stand in the path or the query of url, and not choose the server",
      ]);
    if (ref !== undefined && !this.hasRef)
      throw errors.HWS_WEB_OPTIONS(["ref is given and url has no {ref}"]);
  }

  /** Whether it is known what to ask for when no ref is. */
  get canBeAsked(): boolean {
    return !this.hasRef || this.#ref !== undefined;
  }

  /** The last name of the path, which may tell the format. */
  get fileName(): string {
    return new URL(this.#filled("r")).pathname.split("/").at(-1) ?? "";
  }

  /** The ref that is meant, after it passed the grammar; undefined when the URL has no place for one. */
  refOf(asked: string | undefined): string | undefined {
    if (asked !== undefined && !(this.hasRef ? ownRef : anyRef).test(asked))
      throw errors.HWS_SOURCE_REF_INVALID([asked]);
    if (!this.hasRef) {
      if (asked !== undefined) throw errors.HWS_SOURCE_REF_NOT_FOUND([asked, this.shown()]);
      return undefined;
    }
    const ref = asked ?? this.#ref;
    if (ref === undefined) throw errors.HWS_WEB_REF_MISSING([this.#template.split("?", 1)[0] ?? ""]);
    if (!ownRef.test(ref)) throw errors.HWS_SOURCE_REF_INVALID([ref]);
    return ref;
  }

  /** @param ref what `refOf` gave. */
  of(ref: string | undefined): string {
    return this.#filled(ref ?? "");
  }

  /** As it may be shown: a query may hold a signature. */
  shown(ref: string = this.#ref ?? "ref"): string {
    const url = new URL(this.#filled(ref));
    return `${url.origin}${url.pathname}`;
  }

  #filled(ref: string): string {
    return this.#template.replaceAll(placeholder, ref);
  }
}
