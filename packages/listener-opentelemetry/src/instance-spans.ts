import type { InstanceState, RunEvent } from "@hawser/core/plugin";
import { instanceAttributes } from "./attributes.ts";
import type { OpenSpan } from "./open-span.ts";

type InstanceEvent = Extract<RunEvent, { readonly type: "instance" }>;

/** States in which something is done to an instance; with any other one it is over. */
const busy: ReadonlySet<InstanceState> = new Set([
  "staging",
  "installing",
  "draining",
  "switching",
  "checking",
  "joining",
]);

interface Entry {
  readonly within: OpenSpan;
  readonly span: OpenSpan;
}

/** One span for each instance in each step or wave that does something to it; the states on the way are its events. */
export class InstanceSpans {
  readonly #open = new Map<string, Entry>();

  hear(event: InstanceEvent, within: OpenSpan): void {
    const { instance, state, time, detail } = event;
    const attributes = instanceAttributes(event);
    const failed = state === "failed" || state === "unreachable";
    let entry = this.#open.get(instance);
    if (entry !== undefined && busy.has(state) && entry.within !== within) {
      this.#end(instance, entry, time);
      entry = undefined;
    }
    if (entry === undefined) {
      if (!busy.has(state) && !failed) return;
      const roles = [...(event.roles ?? [])];
      const about = { ...attributes, "hawser.instance": instance, "hawser.roles": roles };
      entry = { within, span: within.inside(`instance in ${within.name}`, time, about) };
      this.#open.set(instance, entry);
    }
    entry.span.set(attributes);
    entry.span.event(state, time, detail === undefined ? {} : { "hawser.detail": detail });
    if (failed) entry.span.failed(time, { message: detail ?? state });
    if (!busy.has(state)) this.#end(instance, entry, time);
  }

  /** The step or wave is over, and with it what it did. */
  endWithin(within: OpenSpan, time: number): void {
    for (const [instance, entry] of this.#open) if (entry.within === within) this.#end(instance, entry, time);
  }

  #end(instance: string, { span }: Entry, time: number): void {
    this.#open.delete(instance);
    span.end(time);
  }
}
