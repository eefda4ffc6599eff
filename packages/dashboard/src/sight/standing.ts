import type { Overview } from "@hawser/core";
import { type Mark, outcomeMark } from "@hawser/report";
import type { BeatWatch } from "./beat.ts";
import type { Told } from "./question.ts";

const verbs: Readonly<Record<string, string>> = {
  deploy: "Deploying",
  rollback: "Rolling back",
  reconcile: "Reconciling",
  prune: "Pruning",
  maintenance: "Changing maintenance",
};

const warn = (sign: string, word: string): Mark => ({ tone: "warn", sign, word });

/** What is to be said of an environment at a glance, the most pressing first; never nothing. */
export const standingOf = (told: Told<Overview>, beat: BeatWatch): readonly Mark[] => {
  const { answer, failure } = told;
  const silent: Mark[] = failure === undefined ? [] : [silence(failure.error.code)];
  if (answer === undefined)
    return silent.length > 0 ? silent : [{ tone: "idle", sign: "…", word: "Asking storage" }];
  const said = [...silent, ...runMarks(answer, beat), ...peopleMarks(answer)];
  return said.length > 0 ? said : [calm(answer)];
};

const silence = (code: string): Mark => ({
  tone: "bad",
  sign: "∅",
  word: code.startsWith("HWS_CONFIG_") ? "The config is wrong" : "Storage does not answer",
});

const runMarks = ({ open, lock }: Overview, beat: BeatWatch): Mark[] => {
  if (open !== undefined && !open.underWay) return [warn("‖", `Run ${open.run} is open`)];
  if (open === undefined) return [];
  const word = verbs[open.verb] ?? `Under way: ${open.verb}`;
  return lock !== undefined && beat.isLost(lock)
    ? [{ tone: "bad", sign: "∅", word: `${word}, but its deployer is silent` }]
    : [{ tone: "busy", sign: "▸", word }];
};

const peopleMarks = ({ hold, maintenance, drains, desired, runs }: Overview): Mark[] => [
  ...(desired === undefined
    ? [{ tone: "bad", sign: "✗", word: "What is desired cannot be read" } as const]
    : []),
  ...(maintenance === undefined ? [] : [warn("▲", "In maintenance")]),
  ...(hold === undefined ? [] : [warn("‖", "Deploys are held")]),
  ...(drains.length === 0 ? [] : [warn("○", `${drains.length} drained`)]),
  ...failedLast(runs),
];

/** The last run that ended, when it did not end well. */
const failedLast = (runs: Overview["runs"]): Mark[] => {
  const last = runs.find(({ outcome }) => outcome !== "open");
  if (last === undefined || last.outcome === "noted" || last.outcome === "open") return [];
  if (last.outcome === "done" || last.outcome === "unchanged") return [];
  const { tone, sign, word } = outcomeMark(last.outcome);
  return [{ tone, sign, word: `Last ${last.verb}: ${word.charAt(0).toLowerCase()}${word.slice(1)}` }];
};

const calm = ({ desired }: Overview): Mark =>
  desired === null || desired === undefined
    ? { tone: "idle", sign: "–", word: "Nothing deployed yet" }
    : { tone: "good", sign: "✓", word: "In service" };
