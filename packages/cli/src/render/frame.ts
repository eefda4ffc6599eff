import { escapeLine } from "./escape.ts";
import { grouped, instanceColumns } from "./instances.ts";
import type { CommandOutput } from "./output-tail.ts";
import type { InstanceView, RunView, StepView } from "./run-view.ts";
import type { Style } from "./style.ts";
import { table } from "./table.ts";
import { bytesText, clockText, durationText } from "./units.ts";
import { clip, padEnd, padStart, widthOf } from "./width.ts";

export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}

const longestStepList = 8;
const nameColumns = 12;

/** Two texts at the two ends of a line; the left one gives way. */
const ends = (left: string, right: string, columns: number): string => {
  const room = columns - widthOf(right) - 2;
  return right === "" ? clip(left, columns) : `${padEnd(clip(left, room), room)}  ${right}`;
};

const headLine = (view: RunView, style: Style, columns: number, now: number): string => {
  const start = view.start;
  if (start === undefined) return "";
  const place = start.environment === "" ? start.application : `${start.application} on ${start.environment}`;
  const run = start.run === null ? "" : ` ${style.dot} run ${start.run}`;
  return style.bold(
    ends(escapeLine(`${start.verb} of ${place}${run}`), durationText(now - start.time), columns),
  );
};

const progressText = (view: RunView): string => {
  const last = [...view.progress.values()].at(-1);
  if (last === undefined) return "";
  const total = last.total === undefined ? "" : ` of ${bytesText(last.total)}`;
  return `${last.what} ${bytesText(last.bytes)}${total}`;
};

const stepLine = (step: StepView, view: RunView, style: Style, columns: number, now: number): string => {
  const running = step.phase === "started";
  const took = running ? now - step.started : step.durationMs;
  const detail = running
    ? [step.detail ?? "", progressText(view)].filter((text) => text !== "").join(", ")
    : (step.detail ?? "");
  const right = took === undefined || step.phase === "skipped" ? "" : durationText(took);
  const glyph = { started: style.running, done: style.done, failed: style.failed, skipped: style.skipped }[
    step.phase
  ];
  const paint = { started: style.bold, done: style.green, failed: style.red, skipped: style.dim }[step.phase];
  const text = ends(
    `${padEnd(escapeLine(step.name), nameColumns)} ${escapeLine(detail)}`,
    padStart(right, 12),
    columns - 2,
  );
  return `${paint(glyph)} ${step.phase === "skipped" ? style.dim(text) : text}`;
};

/** The steps so far, a line each; the oldest finished ones give way to one line that counts them. */
export const stepLines = (
  view: RunView,
  style: Style,
  columns: number,
  now: number,
  most: number,
): string[] => {
  const steps = [...view.steps.values()];
  const hidden = Math.max(0, steps.length - most + (steps.length > most ? 1 : 0));
  return [
    ...(hidden === 0 ? [] : [style.dim(`${style.done} ${hidden} earlier steps`)]),
    ...steps.slice(hidden).map((step) => stepLine(step, view, style, columns, now)),
  ];
};

const waveLines = (view: RunView, style: Style, columns: number): string[] => {
  if (view.wave === undefined) return [];
  const { wave, of, phase, instances } = view.wave;
  const doing = { started: "", done: " done", failed: " failed", putBack: " is put back" }[phase];
  const who = instances.length > 6 ? `${instances.length} instances` : instances.join(", ");
  const text = clip(escapeLine(`wave ${wave} of ${of}${doing}: ${who}`), columns - 2);
  return [`${phase === "started" ? style.running : phase === "done" ? style.done : style.failed} ${text}`];
};

const urgency: Readonly<Record<string, number>> = {
  failed: 0,
  unreachable: 0,
  draining: 1,
  switching: 1,
  checking: 1,
  joining: 1,
};
const rank = (row: InstanceView): number => urgency[row.state] ?? 2;

/** Rows that fit: all of them, else groups of alike ones, the ones in trouble or under way first. */
const instanceLines = (view: RunView, style: Style, columns: number, room: number): string[] => {
  const all = view.rows();
  if (all.length === 0 || room < 3) return [];
  const whole = all.length + 1 <= room;
  const rows = whole ? all : grouped(all, style, 0).sort((a, b) => rank(a) - rank(b));
  const shown = rows.length + 1 <= room ? rows : rows.slice(0, room - 2);
  const lines = table(instanceColumns(style), shown, columns);
  lines[0] = style.dim(lines[0] ?? "");
  return shown.length < rows.length
    ? [...lines, style.dim(`${style.ellipsis} and ${rows.length - shown.length} more`)]
    : lines;
};

const waitingLines = (view: RunView, style: Style, columns: number, now: number): string[] => {
  if (view.waiting === undefined) return [];
  const { what, until } = view.waiting;
  const left = until > now ? ` (${durationText(until - now)} left)` : "";
  return [style.yellow(clip(escapeLine(`waiting for ${what} until ${clockText(until)}${left}`), columns))];
};

/** The output that matters now: of what failed, else of the step that runs. */
const outputOf = (view: RunView): { output: CommandOutput; most: number } | undefined => {
  const failed = view.rows().find((row) => row.state === "failed");
  const ofFailed = failed === undefined ? undefined : view.output.last(failed.id);
  if (ofFailed !== undefined) return { output: ofFailed, most: 8 };
  const last = view.output.last();
  if (last === undefined) return undefined;
  const phase = view.steps.get(last.step)?.phase;
  if (phase === "failed") return { output: last, most: 8 };
  return phase === "started" ? { output: last, most: 3 } : undefined;
};

const outputLines = (view: RunView, style: Style, columns: number): string[] => {
  const shown = outputOf(view);
  if (shown === undefined) return [];
  const { output, most } = shown;
  const title = clip(
    escapeLine(`${output.instance} ${style.dot} ${output.step} ${style.dot} ${output.command}`),
    columns,
  );
  const lines = output.lines.slice(-most).map((line) => style.dim(`${style.bar} ${clip(line, columns - 2)}`));
  return [style.dim(title), ...lines];
};

const blocks = (parts: readonly (readonly string[])[]): string[] =>
  parts.filter((part) => part.length > 0).flatMap((part, index) => (index === 0 ? part : ["", ...part]));

/** One picture of a run that fits the terminal, without a line of its full width. */
export const frame = (view: RunView, style: Style, size: FrameSize, now: number): string[] => {
  const columns = Math.max(20, size.columns - 1);
  const rows = Math.max(4, size.rows - 1);
  const head = [headLine(view, style, columns, now)];
  const steps = stepLines(
    view,
    style,
    columns,
    now,
    Math.max(2, Math.min(longestStepList, Math.floor(rows / 3))),
  );
  const flow = [...steps, ...waveLines(view, style, columns)];
  const foot = [...waitingLines(view, style, columns, now), ...outputLines(view, style, columns)];
  const taken = head.length + flow.length + foot.length + 3;
  const lines = blocks([head, flow, instanceLines(view, style, columns, rows - taken), foot]);
  return lines.slice(0, rows);
};
