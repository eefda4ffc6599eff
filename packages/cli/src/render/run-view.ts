import type { InstanceResult, RunEvent } from "@hawser/core/plugin";
import { OutputTail } from "./output-tail.ts";

type EventOf<T extends RunEvent["type"]> = Extract<RunEvent, { type: T }>;

export interface StepView {
  readonly name: string;
  readonly phase: EventOf<"step">["phase"];
  readonly detail?: string;
  readonly started: number;
  readonly durationMs?: number;
}

export type InstanceView = Omit<InstanceResult, "release" | "drift" | "error"> & {
  readonly release?: string | null;
  readonly detail?: string;
};

/** The step of a wave says nothing that the wave's own events do not. */
export const isWaveStep = (step: string): boolean => /^wave-\d+$/.test(step);

const counting = new Intl.Collator("en", { numeric: true });

export type ProgressView = Pick<EventOf<"progress">, "what" | "bytes" | "total">;

/** What is known of a run from the events so far: the one model behind every live picture. */
export class RunView {
  start: EventOf<"start"> | undefined;
  wave: EventOf<"wave"> | undefined;
  waiting: EventOf<"waiting"> | undefined;
  readonly steps: Map<string, StepView> = new Map();
  readonly instances: Map<string, InstanceView> = new Map();
  /** By what is moved, for what concerns no single instance. */
  readonly progress: Map<string, ProgressView> = new Map();
  readonly output: OutputTail = new OutputTail();

  #order: readonly string[] = [];

  /** The instances in the order a person counts them, whoever was heard of first. */
  rows(): InstanceView[] {
    if (this.#order.length !== this.instances.size)
      this.#order = [...this.instances.keys()].sort(counting.compare);
    return this.#order.map((id) => this.instances.get(id) as InstanceView);
  }

  apply(event: RunEvent): void {
    switch (event.type) {
      case "start":
        this.start = event;
        return;
      case "run":
        if (this.start !== undefined) this.start = { ...this.start, run: event.run };
        return;
      case "step":
        this.#step(event);
        return;
      case "wave":
        this.wave = event;
        this.waiting = undefined;
        return;
      case "instance":
        this.#instance(event);
        return;
      case "progress":
        this.#progress(event);
        return;
      case "output":
        this.output.add(event);
        return;
      case "waiting":
        this.waiting = event;
        return;
      default:
        return;
    }
  }

  #step(event: EventOf<"step">): void {
    if (isWaveStep(event.step)) return;
    const before = this.steps.get(event.step);
    const started = event.phase === "started" ? event.time : (before?.started ?? event.time);
    const detail = event.detail ?? (event.phase === "started" ? undefined : before?.detail);
    // A step that is started again (a wave) goes to the end of the list, where the eye is.
    if (event.phase === "started") this.steps.delete(event.step);
    this.steps.set(event.step, {
      name: event.step,
      phase: event.phase,
      started,
      ...(detail !== undefined && { detail }),
      ...(event.durationMs !== undefined && { durationMs: event.durationMs }),
    });
    this.waiting = undefined;
    if (event.phase !== "started") this.progress.clear();
  }

  #instance(event: EventOf<"instance">): void {
    const { type: _type, time: _time, instance: id, detail, ...known } = event;
    const { detail: _old, ...before } = this.instances.get(id) ?? { id };
    this.instances.set(id, { ...before, ...known, ...(detail !== undefined && { detail }) });
    if (this.waiting?.instances.includes(id)) this.waiting = undefined;
  }

  #progress(event: EventOf<"progress">): void {
    const row = event.instance === undefined ? undefined : this.instances.get(event.instance);
    if (row === undefined) this.progress.set(event.what, event);
    else this.instances.set(row.id, { ...row, bytes: Math.max(row.bytes ?? 0, event.bytes) });
  }
}
