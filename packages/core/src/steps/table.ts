import type { StepBlock } from "../config/types.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { isStep, type Step } from "./step.ts";

/** One row: a step and the options of its block in the config. */
export interface Row {
  readonly step: Step;
  readonly options: unknown;
  /** Where the row comes from: `built-in`, or the config's key. */
  readonly origin: string;
  /** The config's key that took it out. */
  readonly skipped?: string;
}

/** The step of a config's block: given directly, or the default export of a module that was loaded. */
const stepOf = (key: string, block: StepBlock): Step => {
  if (!isStep(block.use))
    throw engineErrors.HWS_STEP_INVALID([key, "its module has no step as default export"]);
  return { ...block.use, name: key };
};

const place = (rows: Row[], key: string, block: StepBlock): void => {
  const row: Row = { step: stepOf(key, block), options: block.with, origin: `steps.${key}` };
  const same = rows.findIndex(({ step }) => step.name === key);
  const anchor = block.before ?? block.after;
  if (anchor === undefined) {
    if (same < 0)
      throw engineErrors.HWS_STEP_INVALID([key, "it is new and says neither `before` nor `after`"]);
    rows[same] = row;
    return;
  }
  if (same >= 0) rows.splice(same, 1);
  const at = rows.findIndex(({ step }) => step.name === anchor);
  if (at < 0) throw engineErrors.HWS_STEP_UNKNOWN([key, anchor]);
  rows.splice(block.before === undefined ? at + 1 : at, 0, row);
};

/** Every fact that a step needs must be given by a step before it. */
const checkNeeds = (rows: readonly Row[]): void => {
  const given = new Set<string>();
  for (const { step } of rows) {
    const missing = step.needs.find((fact) => !given.has(fact));
    if (missing !== undefined) throw engineErrors.HWS_STEP_NEEDS([step.name, missing]);
    for (const fact of Object.keys(step.gives)) given.add(fact);
  }
};

/** The built-in steps with the config's changes, those included that it skips: others may stand beside them. */
export const wholeTable = (
  builtIn: readonly Step[],
  changes: Readonly<Record<string, StepBlock | null>>,
): readonly Row[] => {
  const rows: Row[] = builtIn.map((step) => ({ step, options: undefined, origin: "built-in" }));
  for (const [key, block] of Object.entries(changes)) {
    if (block !== null) {
      place(rows, key, block);
      continue;
    }
    const at = rows.findIndex(({ step }) => step.name === key);
    if (at < 0) throw engineErrors.HWS_STEP_UNKNOWN(["null", key]);
    rows[at] = { ...(rows[at] as Row), skipped: `steps.${key}` };
  }
  checkNeeds(rows.filter(({ skipped }) => skipped === undefined));
  return rows;
};

/** The rows that run: null skips a built-in step, a block adds or replaces one. */
export const stepTable = (
  builtIn: readonly Step[],
  changes: Readonly<Record<string, StepBlock | null>>,
): readonly Row[] => wholeTable(builtIn, changes).filter(({ skipped }) => skipped === undefined);
