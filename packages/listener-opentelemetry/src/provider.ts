import { trace } from "@opentelemetry/api";

interface Registered {
  forceFlush?(): Promise<void>;
}

/** The provider that an SDK has registered; undefined without one. The API hands out a stand-in that asks it. */
export const registeredProvider = (): Registered | undefined => {
  const standIn = trace.getTracerProvider() as {
    getDelegate?(): Registered;
    getDelegateTracer?(name: string): unknown;
  };
  if (standIn.getDelegate === undefined) return standIn as Registered;
  return standIn.getDelegateTracer?.("hawser") === undefined ? undefined : standIn.getDelegate();
};
