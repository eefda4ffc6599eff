import { type Html, html, type Part } from "../html.ts";
import type { Tone } from "../look/palette.ts";
import type { Axis, Stretch } from "../picture/axis.ts";
import type { FlowLine } from "../picture/flow.ts";

/** One letter a tone: there are thousands of bars on a page. */
const letters: Readonly<Record<Tone, string>> = {
  good: "g",
  bad: "b",
  warn: "w",
  busy: "u",
  back: "k",
  idle: "i",
};

/** Percent with as many digits as are seen. */
const percent = (value: number): string => `${Number(value.toFixed(2))}%`;

export interface Bar extends Stretch {
  readonly tone: Tone;
}

/** Those that touch and look the same are one bar: draining, switching and joining are told apart in words. */
const joined = (all: readonly Bar[]): readonly Bar[] => {
  const whole: Bar[] = [];
  for (const bar of all) {
    const last = whole.at(-1);
    const touches = last?.tone === bar.tone && bar.from <= last.to;
    if (touches) whole.splice(-1, 1, { ...last, to: bar.to });
    else whole.push(bar);
  }
  return whole;
};

/** Bars on the axis. What they say stands in words beside them, so they are not heard. */
export const bars = (axis: Axis, all: readonly Bar[]): Html => {
  const seen = joined(all).filter(({ from, to }, index, each) => {
    // Of what is less than a pixel wide only the last is drawn: the words have all of them.
    const next = each[index + 1];
    return next === undefined || axis.at(to) - axis.at(from) >= 0.2 || next.from - to > 0;
  });
  return html`<svg class="bar" aria-hidden="true">${seen.map((bar): Part => {
    const { left, width } = axis.span(bar);
    return html`<rect class="${letters[bar.tone]}" x="${percent(Math.min(left, 99.6))}" width="${percent(width)}"/>`;
  })}</svg>`;
};

/** The words under the bars: how long after the beginning, and where the waves begin. */
export const ruler = (axis: Axis, words: (ms: number) => string): Html => {
  const ticks = axis.ticks();
  return html`<svg class="ruler" aria-hidden="true">${ticks.map(({ at, ms }) => {
    const anchor = at < 3 ? "start" : at > 95 ? "end" : "middle";
    return html`<text x="${percent(at)}" y="12" text-anchor="${anchor}">${words(ms)}</text>`;
  })}</svg>`;
};

/** The lines behind all bars: where waves begin and end, and the pauses between deployers. */
export const groundStyle = (axis: Axis, flow: readonly FlowLine[]): string => {
  const edges = flow
    .filter(({ kind }) => kind === "wave")
    .flatMap(({ from, to }) => [axis.at(from), axis.at(to)])
    .slice(0, 120);
  const lines = [...new Set(edges.map(percent))].map(
    (at) => `linear-gradient(var(--line),var(--line)) ${at} 0/1px 100% no-repeat`,
  );
  const pauses = axis.pauses.map(
    ({ left, width }) =>
      `linear-gradient(var(--line),var(--line)) ${percent((left / Math.max(0.01, 100 - width)) * 100)} 0/${percent(width)} 100% no-repeat`,
  );
  const grounds = [...lines, ...pauses];
  return `.bar{background:${[...grounds, "var(--well)"].join(",")}}`;
};
