/** What `--out-format="%i %l"` says of one path: how it differs, if at all, and its length. */
const pathLine = /^(?:([<>ch.])[fdLDS](\S{9}| {9})|(\*deleting)) +(\d+)$/;

/** More lines than a person reads; a server may send any number. */
const keptLines = 200;

/** What an rsync that transfers files says, line by line as it comes. */
export class RsyncOutput {
  readonly #messages: string[] = [];
  #paths = 0;
  #changes = 0;
  #bytes = 0;
  #rest = "";

  /** How many paths were looked at. */
  get paths(): number {
    return this.#paths;
  }

  /** How many of them differed from what was here. */
  get changes(): number {
    return this.#changes;
  }

  /** The lengths of the files that were begun, as the server told them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** All other lines, the last ones of it. */
  get messages(): string {
    return [...this.#messages, this.#rest].join("\n");
  }

  push(chunk: Uint8Array): void {
    const lines = (this.#rest + Buffer.from(chunk).toString("latin1")).split("\n");
    this.#rest = (lines.pop() ?? "").slice(-2000);
    for (const line of lines) this.#read(line);
  }

  #read(line: string): void {
    const found = pathLine.exec(line);
    if (found !== null) {
      const [, way, difference = "", , length] = found;
      this.#paths += 1;
      if (difference.trim() !== "" || way === undefined) this.#changes += 1;
      if (way === ">") this.#bytes += Number(length);
    } else if (line.trim() !== "") {
      this.#messages.push(line.slice(0, 2000));
      if (this.#messages.length > keptLines) this.#messages.shift();
    }
  }
}
