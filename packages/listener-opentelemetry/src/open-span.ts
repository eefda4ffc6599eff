import {
  type Attributes,
  type Context,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";

/** A span that has begun, with what goes on inside it. Its times are those of the events. */
export class OpenSpan {
  readonly name: string;
  readonly #span: Span;
  readonly #tracer: Tracer;
  readonly #within: Context;
  readonly #began: number;
  readonly #common: Attributes;

  constructor(
    tracer: Tracer,
    parent: Context,
    about: {
      readonly name: string;
      readonly time: number;
      readonly attributes: Attributes;
      readonly common: Attributes;
    },
  ) {
    this.name = about.name;
    this.#tracer = tracer;
    this.#began = about.time;
    this.#common = about.common;
    const attributes = { ...about.common, ...about.attributes };
    this.#span = tracer.startSpan(about.name, { startTime: new Date(about.time), attributes }, parent);
    this.#within = trace.setSpan(parent, this.#span);
  }

  inside(name: string, time: number, attributes: Attributes): OpenSpan {
    return new OpenSpan(this.#tracer, this.#within, { name, time, attributes, common: this.#common });
  }

  set(attributes: Attributes): void {
    this.#span.setAttributes(attributes);
  }

  event(name: string, time: number, attributes: Attributes): void {
    this.#span.addEvent(name, attributes, new Date(time));
  }

  failed(time: number, error: { readonly code?: string; readonly message: string }): void {
    const { code, message } = error;
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message });
    this.#span.recordException({ ...(code !== undefined && { code, name: code }), message }, new Date(time));
  }

  /** Clocks may be set back: nothing ends before it began. */
  end(time: number): void {
    this.#span.end(new Date(Math.max(time, this.#began)));
  }
}
