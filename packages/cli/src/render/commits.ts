import type { Change } from "@hawser/core";
import { escapeLine } from "./escape.ts";
import type { Style } from "./style.ts";
import { clip } from "./width.ts";

const oneOf = ({ id, message, author }: Change, mark: string): string =>
  escapeLine(`${mark} ${id.slice(0, 12)} ${message}${author === undefined ? "" : ` (${author})`}`);

/** Commits as lines: those that came, those that were taken back, or why they are not known. */
export const commitLines = (
  told: {
    readonly changes?: readonly Change[];
    readonly takenBack?: readonly Change[];
    readonly unknown?: string;
  },
  style: Style,
  columns: number,
): string[] => [
  ...(told.changes ?? []).map((change) => clip(oneOf(change, style.dot), columns)),
  ...(told.takenBack ?? []).map((change) => clip(`${oneOf(change, "-")} [taken back]`, columns)),
  ...(told.unknown === undefined
    ? []
    : [clip(escapeLine(`commits are not known: ${told.unknown}`), columns)]),
];
