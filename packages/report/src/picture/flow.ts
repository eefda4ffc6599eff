import type { RunEvent } from "@hawser/core/plugin";
import type { Stretch } from "./axis.ts";

/** A step or a wave as it went. */
export interface FlowLine extends Stretch {
  readonly kind: "step" | "wave";
  /** `install`, `wave 2 of 3`. */
  readonly name: string;
  readonly phase: "started" | "done" | "failed" | "skipped" | "putBack";
  readonly detail?: string;
  /** Of a wave. */
  readonly wave?: { readonly number: number; readonly of: number };
  readonly instances?: readonly string[];
  /** Its deployer ended before it did. */
  readonly cut: boolean;
}

/** What is begun and not ended yet, by its name. */
type Open = Map<string, { line: FlowLine; at: number }>;

/** The step of a wave says nothing that the wave's own events do not. */
const isWaveStep = (step: string): boolean => /^wave-\d+$/.test(step);

interface Told {
  readonly kind: FlowLine["kind"];
  readonly name: string;
  readonly phase: FlowLine["phase"];
  readonly detail?: string;
  readonly wave?: NonNullable<FlowLine["wave"]>;
  readonly instances?: readonly string[];
  readonly durationMs?: number;
}

const toldOf = (event: RunEvent): Told | undefined => {
  if (event.type === "step" && !isWaveStep(event.step)) {
    const { step, phase, detail, durationMs } = event;
    return {
      kind: "step",
      name: step,
      phase,
      ...(detail !== undefined && { detail }),
      ...(durationMs !== undefined && { durationMs }),
    };
  }
  if (event.type === "wave") {
    const { wave, of, phase, instances } = event;
    return { kind: "wave", name: `wave ${wave} of ${of}`, phase, wave: { number: wave, of }, instances };
  }
  return undefined;
};

/** Steps and waves in the order in which they began. */
export const flowOf = (events: readonly RunEvent[], end: number): readonly FlowLine[] => {
  const lines: FlowLine[] = [];
  const open: Open = new Map();
  let latest = 0;
  for (const event of events) {
    if (event.type === "start") cutAll(open, lines, latest);
    latest = Math.max(latest, event.time);
    const told = toldOf(event);
    if (told === undefined) continue;
    const { durationMs = 0, ...facts } = told;
    const begun = open.get(told.name);
    if (told.phase === "started" || begun === undefined) {
      const from = told.phase === "started" ? event.time : event.time - durationMs;
      const line: FlowLine = { ...facts, from, to: event.time, cut: false };
      lines.push(line);
      if (told.phase === "started") open.set(told.name, { line, at: lines.length - 1 });
      continue;
    }
    lines[begun.at] = { ...begun.line, ...facts, to: Math.max(begun.line.from, event.time) };
    // A wave that failed may be put back yet.
    open.delete(told.name);
  }
  for (const { line, at } of open.values()) lines[at] = { ...line, to: Math.max(line.from, end) };
  return lines;
};

/** Whoever takes over begins steps anew: what the dead deployer had begun ended with it. */
const cutAll = (open: Open, lines: FlowLine[], time: number): void => {
  for (const { line, at } of open.values()) lines[at] = { ...line, to: Math.max(line.from, time), cut: true };
  open.clear();
};
