/**
 * What an event means for those who wait to hear of a run. One event may have several.
 *
 * - `started`: a run holds the lock and its journal is begun.
 * - `done`, `unchanged`: a run ended so.
 * - `failed`: something that was to change the environment did not do what was asked, whatever it led to. Of a `watch`: a
 *   trouble that is new.
 * - `putBack`: what had been switched is as before.
 * - `rolledBack`: a rollback is done.
 * - `split`, `incomplete`, `interrupted`: the outcome of that name.
 * - `held`: a deploy did not go on since deploys are held.
 * - `stuck`: somebody should look. A wait that nobody asked for has lasted a minute (its `waiting` event comes a second time), a
 *   run ended and stays open, or three turns of a `watch` failed one after the other.
 *
 * What only looks (`status`, `plan`, a dry run) has no moments.
 */
export type Moment =
  | "started"
  | "done"
  | "unchanged"
  | "failed"
  | "putBack"
  | "rolledBack"
  | "split"
  | "interrupted"
  | "incomplete"
  | "stuck"
  | "held";

/** Every moment. */
export const moments: readonly Moment[] = Object.keys({
  started: true,
  done: true,
  unchanged: true,
  failed: true,
  putBack: true,
  rolledBack: true,
  split: true,
  interrupted: true,
  incomplete: true,
  stuck: true,
  held: true,
} satisfies Record<Moment, true>) as Moment[];
