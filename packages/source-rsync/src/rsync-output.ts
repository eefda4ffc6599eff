/** A line of `--info=progress2`: bytes of files so far, and the share. */
const progressLine = /^\s*(\d+)\s+\d+%\s/;
/** What `--out-format=%i` says of one path that differs or is removed. */
const changeLine = /^(?:[<>ch.][fdLDS]\S{9}|\*deleting)\s*$/;

/** More lines than a person reads; a server may send any number. */
const keptLines = 200;

/** What an rsync that transfers files says, line by line as it comes. */
export class RsyncOutput {
  readonly #onBytes: (bytes: number) => void;
  readonly #messages: string[] = [];
  #changes = 0;
  #rest = "";

  constructor(onBytes: (bytes: number) => void) {
    this.#onBytes = onBytes;
  }

  /** How many paths differed from what was here. */
  get changes(): number {
    return this.#changes;
  }

  /** All but progress and changes, the last lines of it. */
  get messages(): string {
    return [...this.#messages, this.#rest].join("\n");
  }

  push(chunk: Uint8Array): void {
    const lines = (this.#rest + Buffer.from(chunk).toString("latin1")).split(/[\r\n]/);
    this.#rest = (lines.pop() ?? "").slice(-2000);
    for (const line of lines) this.#read(line);
  }

  #read(line: string): void {
    const bytes = progressLine.exec(line)?.[1];
    if (bytes !== undefined) this.#onBytes(Number(bytes));
    else if (changeLine.test(line)) this.#changes += 1;
    else if (line.trim() !== "") {
      this.#messages.push(line.slice(0, 2000));
      if (this.#messages.length > keptLines) this.#messages.shift();
    }
  }
}
