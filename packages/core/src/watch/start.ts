import type { Run } from "../contracts/engine.ts";
import type { WatchRequest } from "../contracts/engine-requests.ts";
import { ActiveRun } from "../engine/active-run.ts";
import { RunControl } from "../engine/control.ts";
import { EventStream } from "../engine/event-stream.ts";
import { Watch, type WatchParts } from "./watch.ts";

/** Starts a watch. It may go on for months and nobody need listen: for a slow reader all but its last word may be left out. */
export const startWatch = (
  request: WatchRequest,
  parts: Pick<WatchParts, "load" | "open" | "announce">,
): Run => {
  const control = new RunControl();
  const events = new EventStream(({ type }) => type !== "result");
  request.signal?.addEventListener("abort", () => control.cancel("stop"), { once: true });
  if (request.signal?.aborted === true) control.cancel("stop");
  const sink: WatchParts["sink"] = (event) => events.push(event);
  const result = Watch.run({ ...parts, request, control, sink }).finally(() => events.close());
  return new ActiveRun(events, control, result);
};
