import type { Listener, ListenerContext, RunEvent } from "@hawser/core/plugin";

/** One event as a listener heard it. */
export interface Heard extends Pick<ListenerContext, "moments" | "subject"> {
  readonly event: RunEvent;
}

/** Keeps what it hears. */
export class MemoryListener implements Listener {
  readonly heard: Heard[] = [];

  on(event: RunEvent, { moments, subject, signal }: ListenerContext): void {
    signal.throwIfAborted();
    this.heard.push({ event, moments, subject });
  }
}
