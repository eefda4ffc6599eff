/** How much a show takes on: `HAWSER_SCALE=whole` is what the promise says, `small` (default) is for every change. */
export interface Scale {
  readonly name: "whole" | "small";
  /** Deploys under load; each ships another version of the application. */
  readonly deploys: number;
  /** Rollbacks under load, after the deploys. */
  readonly rollbacks: number;
  /** Deploys and rollbacks of each real application under load, after a first deploy without. */
  readonly application: { readonly deploys: number; readonly rollbacks: number };
  /** Files of the application that is made up; at `whole` a published package is taken instead. */
  readonly files: number;
  /** Files of the application that goes through every source, and the bytes of its largest. */
  readonly sourceFiles: number;
  readonly bigFileBytes: number;
  /** Rounds in which many writers contend for one key. */
  readonly contentionRounds: number;
  /** Bits flipped one after the other in what is stored. */
  readonly flips: number;
}

const scales: Readonly<Record<Scale["name"], Scale>> = {
  whole: {
    name: "whole",
    deploys: 20,
    rollbacks: 5,
    application: { deploys: 10, rollbacks: 2 },
    files: 1_000,
    sourceFiles: 3_000,
    bigFileBytes: 60 << 20,
    contentionRounds: 1_000,
    flips: 1_000,
  },
  small: {
    name: "small",
    deploys: 4,
    rollbacks: 2,
    application: { deploys: 3, rollbacks: 1 },
    files: 1_000,
    sourceFiles: 800,
    bigFileBytes: 6 << 20,
    contentionRounds: 20,
    flips: 64,
  },
};

const wanted = process.env.HAWSER_SCALE ?? "small";
if (wanted !== "whole" && wanted !== "small") throw new Error(`HAWSER_SCALE is ${wanted}: whole or small`);

export const scale: Scale = scales[wanted];
