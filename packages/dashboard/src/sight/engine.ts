import type { Engine } from "@hawser/core";

/** What a dashboard asks of an engine: nothing that could change something. */
export type ReadEngine = Pick<
  Engine,
  "environments" | "overview" | "releases" | "history" | "events" | "logs" | "diff" | "status"
>;
