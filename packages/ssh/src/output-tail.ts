/** The end of what a program wrote, for error messages: never more than `limit` characters. */
export class OutputTail {
  readonly #limit: number;
  #text = "";

  constructor(limit = 8192) {
    this.#limit = limit;
  }

  add(chunk: Uint8Array | string): void {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    this.#text = (this.#text + text).slice(-this.#limit);
  }

  text(): string {
    return this.#text;
  }

  /** The last lines, joined into one for a message. */
  toString(): string {
    return this.#text
      .trim()
      .split(/\s*\n\s*/)
      .slice(-4)
      .join("; ");
  }
}
