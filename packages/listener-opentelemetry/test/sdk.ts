import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";

/** An SDK that keeps what has ended. */
export interface Sdk {
  spans(): ReadableSpan[];
  /** What a span of this name has; the first of them. */
  span(name: string): ReadableSpan;
  unregister(): void;
}

/** What the SDK for Node does to find the span in which something is asked. */
const registerContexts = () => {
  const contexts = new AsyncLocalStorage<Context>();
  const manager: Parameters<typeof context.setGlobalContextManager>[0] = {
    active: () => contexts.getStore() ?? ROOT_CONTEXT,
    with: (active, work, self, ...args) => contexts.run(active, () => work.call(self as never, ...args)),
    bind: (_active, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  context.setGlobalContextManager(manager);
};

/** Registers the real SDK for this process. */
export const registerSdk = (...more: readonly SpanProcessor[]): Sdk => {
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor(exporter), ...more];
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
  registerContexts();
  const spans = () => exporter.getFinishedSpans();
  return {
    spans,
    span: (name) => {
      const found = spans().find((span) => span.name === name);
      if (found === undefined) throw new Error(`no span ${name} among ${spans().map((span) => span.name)}`);
      return found;
    },
    unregister: () => {
      trace.disable();
      context.disable();
    },
  };
};

/** A moment of a span in milliseconds since 1970. */
export const millis = ([seconds, nanos]: readonly [number, number]): number =>
  Math.round(seconds * 1000 + nanos / 1e6);
