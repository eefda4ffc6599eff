import type { WiredSlot } from "./wire.ts";

/** What a plugin tells of its options; of options that did not pass their schema nothing can be told. */
export const factOf = <N extends "secretNames" | "elastic", T>(
  { wired, findings }: WiredSlot,
  name: N,
  none: T,
): T => {
  const tell = wired.plugin[name] as ((options: unknown) => T) | undefined;
  return tell === undefined || findings > 0 ? none : tell.call(wired.plugin, wired.options);
};
