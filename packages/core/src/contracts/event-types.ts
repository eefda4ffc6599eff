import type { Outcome, RunEvent } from "./events.ts";

/** Every type of event. */
export const eventTypes: readonly RunEvent["type"][] = Object.keys({
  start: true,
  run: true,
  step: true,
  wave: true,
  instance: true,
  progress: true,
  output: true,
  waiting: true,
  warning: true,
  result: true,
} satisfies Record<RunEvent["type"], true>) as RunEvent["type"][];

/** Every way in which an operation ends. */
export const outcomes: readonly Outcome[] = Object.keys({
  done: true,
  unchanged: true,
  untouched: true,
  putBack: true,
  split: true,
  incomplete: true,
  interrupted: true,
} satisfies Record<Outcome, true>) as Outcome[];
