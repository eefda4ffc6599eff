import type { Listener, ListenerContext, PluginContext, Problem, RunEvent } from "@hawser/core/plugin";
import { trace } from "@opentelemetry/api";
import { errors } from "./errors.ts";
import type { OpenTelemetryOptions } from "./options.ts";
import { parentContext } from "./parent.ts";
import { registeredProvider } from "./provider.ts";
import { RunTrace } from "./run-trace.ts";

const tracerName = "@hawser/listener-opentelemetry";
/** How long an exporter may take for what is left at the end. */
const flushLimitMs = 4_000;

/** Makes spans of what a run tells, where an SDK is registered; without one it does nothing. */
class OpenTelemetryListener implements Listener {
  readonly #trace: RunTrace | undefined;

  constructor({ attributes = {}, instances = true }: OpenTelemetryOptions) {
    if (registeredProvider() === undefined) return;
    const tracer = trace.getTracer(tracerName);
    this.#trace = new RunTrace({ tracer, parent: parentContext(process.env), common: attributes, instances });
  }

  on(event: RunEvent, { subject, signal }: ListenerContext): void {
    signal.throwIfAborted();
    this.#trace?.hear(event, subject);
  }

  async check(): Promise<readonly Problem[]> {
    if (this.#trace !== undefined) return [];
    const { code, message, hint } = errors.HWS_TRACE_NO_SDK([]);
    return [{ code, message, ...(hint !== undefined && { hint }), severity: "warning" }];
  }

  /** What ended is sent: whoever deploys ends before a batch would have gone by itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#trace === undefined) return;
    this.#trace.end();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const why = `the exporter took longer than ${flushLimitMs / 1000} s`;
      timer = setTimeout(() => reject(errors.HWS_TRACE_UNSENT([why])), flushLimitMs);
    });
    try {
      await Promise.race([registeredProvider()?.forceFlush?.().catch(unsent), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

const unsent = (error: unknown): never => {
  throw errors.HWS_TRACE_UNSENT([error instanceof Error ? error.message : String(error)], { cause: error });
};

export const createListener = (options: OpenTelemetryOptions, _context: PluginContext): Listener =>
  new OpenTelemetryListener(options);
