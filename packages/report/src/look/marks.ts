import type { InstanceState, MemberState, Outcome, RunEvent } from "@hawser/core/plugin";
import { type Html, html } from "../html.ts";
import { stateWords } from "../text/words.ts";
import type { Tone } from "./palette.ts";

/** What stands for a state: a sign and a word, in a tone. */
export interface Mark {
  readonly tone: Tone;
  readonly sign: string;
  readonly word: string;
}

const states: Readonly<Record<InstanceState, readonly [Tone, string]>> = {
  unknown: ["idle", "?"],
  surveyed: ["idle", "○"],
  staging: ["busy", "↓"],
  staged: ["idle", "◔"],
  installing: ["busy", "◑"],
  ready: ["idle", "◕"],
  draining: ["warn", "↘"],
  switching: ["warn", "⇄"],
  checking: ["warn", "≟"],
  joining: ["warn", "↗"],
  active: ["good", "✓"],
  drained: ["warn", "‖"],
  maintenance: ["warn", "▲"],
  putBack: ["back", "↺"],
  failed: ["bad", "✗"],
  unreachable: ["bad", "∅"],
  gone: ["idle", "–"],
  starting: ["busy", "△"],
};

export const stateMark = (state: InstanceState): Mark => {
  const [tone, sign] = states[state] ?? ["idle", "?"];
  return { tone, sign, word: stateWords(state) };
};

/** How a run ended, or why it has no end: nobody has resumed it, somebody works on it, or which of them is not known. */
export type RunOutcome = Outcome | "open" | "running" | "endless";

const outcomes: Readonly<Record<RunOutcome, readonly [Tone, sign: string, word: string, said: string]>> = {
  done: ["good", "✓", "Done", ""],
  unchanged: ["good", "=", "Unchanged", "there was nothing to do"],
  untouched: ["bad", "✗", "Failed", "before anything was switched: everything is as before"],
  putBack: ["back", "↺", "Failed and put back", "everything is as before"],
  split: ["bad", "✗", "Failed", "and instances are on different releases"],
  incomplete: ["warn", "!", "In service, but incomplete", "not everything after it succeeded"],
  interrupted: ["warn", "‖", "Interrupted", "the run is open: it is to be resumed or abandoned"],
  open: [
    "warn",
    "‖",
    "Open",
    "its deployer ended before it was done, and nobody has resumed or abandoned it",
  ],
  running: ["busy", "▸", "Under way", "the page shows how far it was when it was made"],
  endless: ["busy", "…", "No end yet", "it is under way, or its deployer ended before it was done"],
};

/** How a run stands in big words; `said` is what they do not say, if anything. */
export const outcomeMark = (outcome: RunOutcome): Mark & { readonly said: string } => {
  const [tone, sign, word, said] = outcomes[outcome] ?? ["idle", "?", String(outcome), ""];
  return { tone, sign, word, said };
};

type StepPhase = Extract<RunEvent, { type: "step" }>["phase"] | "putBack";

const phases: Readonly<Record<StepPhase, Mark>> = {
  started: { tone: "busy", sign: "▸", word: "under way" },
  done: { tone: "good", sign: "✓", word: "done" },
  failed: { tone: "bad", sign: "✗", word: "failed" },
  skipped: { tone: "idle", sign: "–", word: "skipped" },
  putBack: { tone: "back", sign: "↺", word: "put back" },
};

export const phaseMark = (phase: StepPhase): Mark => phases[phase] ?? phases.started;

const members: Readonly<Record<MemberState, Mark>> = {
  in: { tone: "good", sign: "●", word: "in" },
  draining: { tone: "warn", sign: "↘", word: "draining" },
  out: { tone: "warn", sign: "○", word: "out" },
  absent: { tone: "idle", sign: "–", word: "absent" },
};

export const memberMark = (state: MemberState): Mark => members[state] ?? members.absent;

const healths: Readonly<Record<"yes" | "no" | "unknown", Mark>> = {
  yes: { tone: "good", sign: "✓", word: "healthy" },
  no: { tone: "bad", sign: "✗", word: "unhealthy" },
  unknown: { tone: "idle", sign: "?", word: "unknown" },
};

export const healthMark = (healthy: "yes" | "no" | "unknown"): Mark => healths[healthy] ?? healths.unknown;

/** A mark in a line of text or a cell. The sign is for the eye, the word for everyone. */
export const mark = ({ tone, sign, word }: Mark): Html =>
  html`<span class="mark ${tone}" data-i="${sign}">${word}</span>`;
