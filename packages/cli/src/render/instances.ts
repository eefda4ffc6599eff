import type { InstanceResult } from "@hawser/core/plugin";
import { escapeLine } from "./escape.ts";
import type { Style } from "./style.ts";
import { type Column, table } from "./table.ts";
import { bytesText } from "./units.ts";
import { healthWords, memberWords, stateWords } from "./words.ts";

/** One line of a table of instances; also of a whole group of them that are alike. */
export type InstanceRow = Omit<InstanceResult, "release"> & { readonly release?: string | null };

const troubled = new Set(["failed", "unreachable", "unknown"]);
const settled = new Set(["active", "putBack"]);

const stateColour =
  (style: Style) =>
  (text: string, row: InstanceRow): string => {
    if (troubled.has(row.state)) return style.red(text);
    if (row.state === "active") return style.green(text);
    return settled.has(row.state) ? style.yellow(text) : text;
  };

export const instanceColumns = (style: Style, release: string | null = null): Column<InstanceRow>[] => [
  { title: "INSTANCE", text: (row) => escapeLine(row.id) },
  { title: "ROLE", text: (row) => escapeLine((row.roles ?? []).join(",")), spare: 3 },
  {
    title: "RELEASE",
    text: (row) => (row.release === undefined ? "" : (row.release ?? "none")),
    paint: (text, row) => (release !== null && row.release === release ? style.bold(text) : text),
  },
  { title: "STATE", text: (row) => stateWords(row.state), paint: stateColour(style) },
  {
    title: "LOAD BALANCER",
    text: (row) => memberWords(row.loadBalancer),
    paint: (text, row) => (row.loadBalancer === "in" ? text : style.yellow(text)),
    spare: 1,
  },
  {
    title: "HEALTH",
    text: (row) => healthWords(row.healthy),
    paint: (text, row) => (row.healthy === "no" ? style.red(text) : text),
    spare: 1,
  },
  {
    title: "DRIFT",
    text: (row) =>
      row.drift === undefined ? "" : row.drift.length === 0 ? "none" : `${row.drift.length} paths`,
    paint: (text, row) => ((row.drift?.length ?? 0) > 0 ? style.yellow(text) : text),
    spare: 2,
  },
  {
    title: "BYTES",
    text: (row) => (row.bytes === undefined ? "" : bytesText(row.bytes)),
    right: true,
    spare: 4,
  },
];

/** From here on alike instances share a line, so that the odd one is seen. */
const manyInstances = 20;

const likeness = (row: InstanceRow): string =>
  JSON.stringify([
    row.roles,
    row.release,
    row.state,
    row.loadBalancer,
    row.healthy,
    (row.drift ?? []).length,
    row.error?.code,
  ]);

/** Few instances as they are; of many, those that are alike as one row that says how many and which. */
export const grouped = (
  rows: readonly InstanceRow[],
  style: Style,
  many: number = manyInstances,
): InstanceRow[] => {
  if (rows.length <= many) return [...rows];
  const groups = new Map<string, InstanceRow[]>();
  for (const row of rows) {
    const key = likeness(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()].flatMap((group) => (group.length < 3 ? group : [asOne(group, style)]));
};

const asOne = (group: readonly InstanceRow[], style: Style): InstanceRow => {
  const [first, last] = [group[0] as InstanceRow, group.at(-1) as InstanceRow];
  const bytes = group.reduce((sum, row) => sum + (row.bytes ?? 0), 0);
  const { bytes: _one, ...shared } = first;
  return {
    ...shared,
    id: `${group.length} instances: ${first.id} ${style.ellipsis} ${last.id}`,
    ...(bytes > 0 && { bytes }),
  };
};

export const instanceTable = (
  rows: readonly InstanceRow[],
  style: Style,
  limit: number,
  release: string | null = null,
): string[] => table(instanceColumns(style, release), grouped(rows, style), limit);
