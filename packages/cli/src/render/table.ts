import { clip, padEnd, padStart, widthOf } from "./width.ts";

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly paint?: (text: string, row: Row) => string;
  readonly right?: boolean;
  /** Taken away first when the lines would be too long; columns without it always stay. */
  readonly spare?: number;
}

const gap = "  ";

const widths = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): number[] =>
  columns.map((column) => Math.max(widthOf(column.title), ...rows.map((row) => widthOf(column.text(row)))));

const total = (wide: readonly number[]): number =>
  wide.reduce((sum, width) => sum + width, 0) + gap.length * (wide.length - 1);

const fitting = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  limit: number,
): Column<Row>[] => {
  const kept = columns.filter(
    (column) => column.spare === undefined || rows.some((row) => column.text(row) !== ""),
  );
  while (total(widths(kept, rows)) > limit) {
    const spare = kept.reduce((most, column) => Math.max(most, column.spare ?? 0), 0);
    if (spare === 0) break;
    kept.splice(
      kept.findLastIndex((column) => column.spare === spare),
      1,
    );
  }
  return kept;
};

/** The widest column gives way until the lines fit. */
const narrowed = (wide: number[], limit: number): number[] => {
  const result = [...wide];
  while (total(result) > limit) {
    const widest = result.indexOf(Math.max(...result));
    if ((result[widest] ?? 0) <= 4) break;
    result[widest] = (result[widest] ?? 0) - 1;
  }
  return result;
};

/**
 * Rows as aligned lines under one line of titles, none longer than `limit` columns: spare columns go first (empty
 * ones at once), then the widest is cut.
 */
export const table = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  limit: number = Number.POSITIVE_INFINITY,
): string[] => {
  const kept = fitting(columns, rows, limit);
  const wide = narrowed(widths(kept, rows), limit);
  const line = (cells: readonly string[], painted: (text: string, index: number) => string): string =>
    cells
      .map((text, index) => {
        const width = wide[index] ?? 0;
        const cut = clip(text, width);
        const last = index === cells.length - 1 && kept[index]?.right !== true;
        const padding = kept[index]?.right ? padStart("", width - widthOf(cut)) : "";
        return (
          padding + painted(cut, index) + (kept[index]?.right || last ? "" : padEnd("", width - widthOf(cut)))
        );
      })
      .join(gap)
      .trimEnd();
  return [
    line(
      kept.map((column) => column.title),
      (text) => text,
    ),
    ...rows.map((row) =>
      line(
        kept.map((column) => column.text(row)),
        (text, index) => kept[index]?.paint?.(text, row) ?? text,
      ),
    ),
  ];
};
