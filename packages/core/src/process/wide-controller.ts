import { setMaxListeners } from "node:events";

/** A controller whose signal as many wait on as a run has instances and questions: Node would take them for a leak. */
export const wideController = (): AbortController => {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
};
