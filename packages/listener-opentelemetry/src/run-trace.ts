import type { EventSubject, RunEvent } from "@hawser/core/plugin";
import type { Attributes, Context, Tracer } from "@opentelemetry/api";
import { known, resultAttributes, runAttributes, subjectAttributes } from "./attributes.ts";
import { InstanceSpans } from "./instance-spans.ts";
import { OpenSpan } from "./open-span.ts";
import { spanEventOf } from "./span-event.ts";

type EventOf<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;

export interface RunTraceParts {
  readonly tracer: Tracer;
  readonly parent: Context;
  /** Attributes of every span. */
  readonly common: Attributes;
  /** Whether instances have spans of their own. */
  readonly instances: boolean;
}

/** The span of a wave stands for the step of the same name. */
const isWave = (step: string): boolean => /^wave-[0-9]+$/.test(step);

/** Makes the spans of one operation of what it tells: of itself, its steps, its waves, and its instances in them. */
export class RunTrace {
  readonly #parts: RunTraceParts;
  readonly #instances: InstanceSpans | undefined;
  #root: OpenSpan | undefined;
  /** Steps and waves that are under way, the innermost last. */
  #open: OpenSpan[] = [];
  #last = 0;

  constructor(parts: RunTraceParts) {
    this.#parts = parts;
    this.#instances = parts.instances ? new InstanceSpans() : undefined;
  }

  hear(event: RunEvent, subject: EventSubject): void {
    this.#last = event.time;
    if (event.type === "start" || event.type === "run") this.#begin(event.time, subject);
    if (event.type === "start") this.#root?.set({ "hawser.version": event.version });
    else if (event.type === "result") this.#conclude(event, subject);
    // What a watch says outside of its runs belongs to none.
    else if (this.#root !== undefined) this.#tell(event, this.#root);
  }

  /** Ends what is open, as of the last thing that was told. */
  end(): void {
    while (this.#open.length > 0) this.#close(this.#innermost, this.#last);
    this.#root?.end(this.#last);
    this.#root = undefined;
  }

  get #innermost(): OpenSpan {
    return this.#open.at(-1) ?? (this.#root as OpenSpan);
  }

  #begin(time: number, subject: EventSubject): void {
    if (this.#root !== undefined) return;
    const { tracer, parent, common } = this.#parts;
    const name = `hawser ${subject.verb}`;
    this.#root = new OpenSpan(tracer, parent, { name, time, attributes: subjectAttributes(subject), common });
  }

  #tell(event: Exclude<RunEvent, EventOf<"start" | "result">>, root: OpenSpan): void {
    if (event.type === "run") root.set(runAttributes(event));
    if (event.type === "step") {
      if (!isWave(event.step)) this.#step(event);
    } else if (event.type === "wave") this.#wave(event);
    else if (event.type === "instance" && this.#instances !== undefined)
      this.#instances.hear(event, this.#innermost);
    else this.#note(event);
  }

  /** What has no length is an event of the span in which it happened. */
  #note(event: RunEvent): void {
    const moment = spanEventOf(event);
    if (moment !== undefined) this.#innermost.event(moment.name, event.time, moment.attributes);
  }

  #step({ step, phase, detail, durationMs = 0, time }: EventOf<"step">): void {
    const attributes = known({ "hawser.step": step, "hawser.detail": detail });
    if (phase === "started") {
      this.#open.push(this.#innermost.inside(step, time, attributes));
      return;
    }
    if (phase === "skipped") {
      this.#innermost.event("skipped", time, attributes);
      return;
    }
    // What is told only when it is over began so long before.
    const open = this.#opened(step) ?? this.#innermost.inside(step, time - durationMs, {});
    open.set(attributes);
    if (phase === "failed") open.failed(time, { message: detail ?? `${step} failed` });
    this.#close(open, time);
  }

  #wave({ wave, of, phase, instances, time }: EventOf<"wave">): void {
    const name = `wave ${wave}`;
    if (phase === "started") {
      const attributes = { "hawser.wave": wave, "hawser.waves": of, "hawser.instances": [...instances] };
      this.#open.push(this.#innermost.inside(name, time, attributes));
      return;
    }
    const open = this.#opened(name);
    if (open === undefined) return;
    if (phase !== "done") open.failed(time, { message: `${name} of ${of} failed` });
    this.#close(open, time);
  }

  #opened(name: string): OpenSpan | undefined {
    return this.#open.findLast((span) => span.name === name);
  }

  /** Ends a step or a wave, and what is still open of its instances. */
  #close(span: OpenSpan, time: number): void {
    this.#instances?.endWithin(span, time);
    this.#open = this.#open.filter((open) => open !== span);
    span.end(time);
  }

  #conclude(result: EventOf<"result">, subject: EventSubject): void {
    this.#begin(result.time - result.durationMs, subject);
    const root = this.#root as OpenSpan;
    root.set(resultAttributes(result));
    if (!result.ok) {
      const { code, message } = result.error ?? { message: `the outcome is ${result.outcome}` };
      root.failed(result.time, { ...(code !== undefined && { code }), message });
    }
    this.end();
  }
}
