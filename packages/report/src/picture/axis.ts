/** A stretch of time, milliseconds since 1970. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A place on the axis with its words: how long after the beginning. */
export interface Tick {
  /** Percent of the width. */
  readonly at: number;
  readonly ms: number;
}

/** How much of the width a pause takes, in percent, however long it was. */
const pausePercent = 3;

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const distances = [
  0.1 * second,
  0.2 * second,
  0.5 * second,
  second,
  2 * second,
  5 * second,
  10 * second,
  15 * second,
  30 * second,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  6 * hour,
  12 * hour,
  24 * hour,
];

interface Piece extends Stretch {
  readonly left: number;
  readonly width: number;
}

/**
 * Where a moment of a run lies from left to right. Between two deployers of one run there may be hours in which nothing
 * happened: such a pause has a small width of its own.
 */
export class Axis {
  readonly #pieces: readonly Piece[];
  /** The pauses, in percent of the width. */
  readonly pauses: readonly { readonly left: number; readonly width: number }[];
  readonly began: number;

  /** `worked`: the stretches in which somebody worked on the run, in order; at least one. */
  constructor(worked: readonly Stretch[]) {
    this.began = worked[0]?.from ?? 0;
    const lengthOf = ({ from, to }: Stretch): number => Math.max(1, to - from);
    const whole = worked.reduce((sum, stretch) => sum + lengthOf(stretch), 0);
    const pauses = Math.min(40, (worked.length - 1) * pausePercent);
    const pause = worked.length > 1 ? pauses / (worked.length - 1) : 0;
    let left = 0;
    this.#pieces = worked.map((stretch) => {
      const width = (lengthOf(stretch) / whole) * (100 - pauses);
      const piece = { ...stretch, left, width };
      left += width + pause;
      return piece;
    });
    this.pauses = this.#pieces.slice(0, -1).map(({ left, width }) => ({ left: left + width, width: pause }));
  }

  /** Percent of the width; what lies outside is at the edge. */
  at(time: number): number {
    let place = 0;
    for (const { from, to, left, width } of this.#pieces) {
      if (time < from) return place;
      place = left + width * Math.min(1, (time - from) / Math.max(1, to - from));
      if (time <= to) return place;
    }
    return place;
  }

  /** Where a stretch lies; one that is short is still seen. */
  span({ from, to }: Stretch): { readonly left: number; readonly width: number } {
    const left = this.at(from);
    return { left, width: Math.max(0.4, this.at(to) - left) };
  }

  /** Some round moments, so that bars can be read. */
  ticks(most = 6): readonly Tick[] {
    return this.#pieces.flatMap((piece, index) => {
      const first = { at: piece.left, ms: piece.from - this.began };
      const own = Math.max(1, Math.round((most * piece.width) / 100));
      const length = piece.to - piece.from;
      const distance = distances.find((each) => length / each <= own) ?? (distances.at(-1) as number);
      const ticks: Tick[] = index === 0 || piece.width > 8 ? [first] : [];
      for (let ms = distance; ms < length - distance / 2; ms += distance)
        ticks.push({ at: this.at(piece.from + ms), ms: first.ms + ms });
      return ticks;
    });
  }
}
