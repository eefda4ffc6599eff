import { escapeLines } from "./escape.ts";

/** The command whose output is kept. */
export interface CommandOutput {
  readonly instance: string;
  readonly step: string;
  readonly command: string;
  readonly lines: readonly string[];
}

interface Kept extends CommandOutput {
  lines: string[];
  /** The piece after the last line end: the next event goes on with it. */
  open: string;
}

const keptLines = 40;
const keptCommands = 512;
const longestOpen = 4096;

/** The last lines of every command's output, harmless to a terminal; old commands are forgotten. */
export class OutputTail {
  readonly #kept = new Map<string, Kept>();

  add(event: Omit<CommandOutput, "lines"> & { readonly text: string }): void {
    const key = `${event.instance}\n${event.step}\n${event.command}`;
    const { instance, step, command } = event;
    const entry = this.#kept.get(key) ?? { instance, step, command, lines: [], open: "" };
    const text = entry.open + event.text;
    const end = text.length > longestOpen ? text.length : text.lastIndexOf("\n") + 1;
    entry.lines = [...entry.lines, ...escapeLines(text.slice(0, end))].slice(-keptLines);
    entry.open = text.slice(end);
    this.#kept.delete(key);
    this.#kept.set(key, entry);
    if (this.#kept.size > keptCommands) this.#kept.delete(this.#kept.keys().next().value as string);
  }

  /** The command that wrote last, of one instance or of all. */
  last(instance?: string): CommandOutput | undefined {
    const entry = [...this.#kept.values()].findLast(
      (kept) => instance === undefined || kept.instance === instance,
    );
    if (entry === undefined) return undefined;
    return {
      ...entry,
      lines: entry.open === "" ? entry.lines : [...entry.lines, ...escapeLines(entry.open)],
    };
  }
}
