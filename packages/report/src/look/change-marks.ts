import type { FileChange } from "@hawser/core/plugin";
import type { Mark } from "./marks.ts";

/** How a page marks what became of a file. */
export const changeMarks: Readonly<Record<FileChange["change"], Mark>> = {
  added: { tone: "good", sign: "+", word: "added" },
  changed: { tone: "busy", sign: "~", word: "changed" },
  removed: { tone: "bad", sign: "−", word: "removed" },
  mode: { tone: "idle", sign: "x", word: "mode" },
};

/** The mark of one change; one that this version does not know is a change. */
export const changeMark = (change: FileChange["change"]): Mark => changeMarks[change] ?? changeMarks.changed;
