import type { Engine } from "@hawser/core";
import type { RunEvent } from "@hawser/core/plugin";

/** What a dashboard asks of an engine: nothing that could change something. */
export interface ReadEngine
  extends Pick<Engine, "environments" | "overview" | "releases" | "history" | "diff" | "status"> {
  events(request: {
    readonly environment?: string;
    readonly run?: string;
    readonly signal?: AbortSignal;
  }): AsyncIterable<RunEvent>;
}
