import type { RunEvent } from "./events.ts";

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
