import { setMaxListeners } from "node:events";

/** A controller whose signal as many wait on as a run has instances and questions: Node would take them for a leak. */
export const wideController = (): AbortController => {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
};

/** A time limit that as many wait on. */
export const wideTimeout = (ms: number): AbortSignal => {
  const signal = AbortSignal.timeout(ms);
  setMaxListeners(0, signal);
  return signal;
};
