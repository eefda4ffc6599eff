import { type HawserError, nearest, type SkippedCommand } from "@hawser/core/plugin";
import type { NamedCommand } from "./command-options.ts";
import { installerErrors } from "./errors.ts";
import type { Draft } from "./phases.ts";
import type { CommandChange, CommonOptions } from "./recipe-options.ts";

export interface Bent {
  readonly drafts: readonly Draft[];
  readonly skipped: readonly SkippedCommand[];
  /** Everything that is wrong with the changes, each with its `path` in the details. */
  readonly problems: readonly HawserError[];
}

/** A command that looks for its place, beside another or at the end of its phase. */
interface Placing {
  readonly draft: Draft;
  readonly change: CommandChange;
}

export const originOfChange = (key: string): string => `installer.with.commands.${key}`;

const changed = (
  command: NamedCommand,
  { phase: _phase, before: _before, after: _after, ...members }: CommandChange,
): NamedCommand => ({
  ...command,
  ...members,
  ...(members.env !== undefined && { env: { ...command.env, ...members.env } }),
});

/** A recipe's commands while a config bends them. Skipped ones keep their place until the end: others may stand beside it. */
class Bending {
  readonly #drafts: Draft[];
  readonly #keys: readonly string[];
  readonly #skipped = new Set<string>();
  readonly #placing: Placing[] = [];
  readonly #problems: HawserError[] = [];

  constructor(drafts: readonly Draft[]) {
    this.#drafts = [...drafts];
    this.#keys = drafts.map(({ command }) => command.name);
  }

  change(key: string, given: false | string | CommandChange): void {
    const known = this.#drafts.findIndex(({ command }) => command.name === key);
    if (known < 0) this.#add(key, given);
    else if (given === false) this.#skipped.add(key);
    else this.#bend(known, key, typeof given === "string" ? { run: given } : given);
  }

  #bend(at: number, key: string, change: CommandChange): void {
    const was = this.#drafts[at] as Draft;
    const draft: Draft = {
      phase: change.phase ?? was.phase,
      command: changed(was.command, change),
      origin: `${was.origin}, changed by ${originOfChange(key)}`,
    };
    if (draft.phase === was.phase && change.before === undefined && change.after === undefined) {
      this.#drafts[at] = draft;
      return;
    }
    this.#drafts.splice(at, 1);
    this.#placing.push({ draft, change });
  }

  #add(key: string, given: false | string | CommandChange): void {
    const change = given === false || typeof given === "string" ? {} : given;
    const { run, phase } = change;
    if (run === undefined || phase === undefined) {
      const lacks = phase === undefined ? "phase" : "run";
      const make = installerErrors.HWS_INSTALLER_COMMAND_UNKNOWN;
      this.#problems.push(make([key, lacks, nearest(key, this.#keys), this.#keys], at(key)));
      return;
    }
    const command = changed({ name: key, run }, change);
    this.#placing.push({ draft: { phase, command, origin: originOfChange(key) }, change });
  }

  /** New commands may stand beside new ones, in whatever order the config names them. */
  end(): Bent {
    let waiting = this.#placing;
    for (let before = -1; waiting.length !== before; ) {
      before = waiting.length;
      waiting = waiting.filter((placing) => !this.#place(placing, false));
    }
    for (const placing of waiting) this.#place(placing, true);
    const isSkipped = ({ command }: Draft) => this.#skipped.has(command.name);
    return {
      drafts: this.#drafts.filter((draft) => !isSkipped(draft)),
      skipped: this.#drafts.filter(isSkipped).map(({ phase, command, origin }) => ({
        phase,
        name: command.name,
        origin,
        by: originOfChange(command.name),
      })),
      problems: this.#problems,
    };
  }

  /** True when it has its place, or can have none. */
  #place({ draft, change }: Placing, last: boolean): boolean {
    const { name } = draft.command;
    const anchor = change.before ?? change.after;
    const found = this.#drafts.findIndex(({ command }) => command.name === anchor);
    if (anchor !== undefined && found < 0 && !last) return false;
    const why = this.#misplaced(draft, change, anchor);
    if (why !== undefined)
      this.#problems.push(
        installerErrors.HWS_INSTALLER_COMMAND_PLACE([name, why, this.#keysLike(anchor)], at(name)),
      );
    else if (anchor === undefined) this.#drafts.push(draft);
    else this.#drafts.splice(change.before === undefined ? found + 1 : found, 0, draft);
    return true;
  }

  #misplaced(draft: Draft, change: CommandChange, anchor: string | undefined): string | undefined {
    if (change.before !== undefined && change.after !== undefined) return "has both `before` and `after`";
    if (anchor === undefined) return undefined;
    const there = this.#drafts.find(({ command }) => command.name === anchor);
    const word = change.before === undefined ? "after" : "before";
    if (there === undefined) return `stands ${word} ${anchor}, and there is no such command`;
    if (there.phase === draft.phase) return undefined;
    return `is of ${draft.phase} and stands ${word} ${anchor}, which is of ${there.phase}`;
  }

  #keysLike(anchor: string | undefined): string | undefined {
    return anchor === undefined || this.#keys.includes(anchor) ? undefined : nearest(anchor, this.#keys);
  }
}

const at = (key: string) => ({ details: { path: ["commands", key] } });

/** Skips, changes and adds commands as a config asks. */
export const bend = (drafts: readonly Draft[], changes: CommonOptions["commands"] = {}): Bent => {
  const bending = new Bending(drafts);
  for (const [key, change] of Object.entries(changes)) bending.change(key, change);
  return bending.end();
};
