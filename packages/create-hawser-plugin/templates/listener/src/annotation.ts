import type { ListenerContext, RunEvent } from "@hawser/core/plugin";

/** What Grafana is told of one event. */
export interface Annotation {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly tags: readonly string[];
  readonly text: string;
}

/** What is said of an event, in one line. Fields that a newer Hawser adds are no trouble. */
const news = (event: RunEvent): string => {
  if (event.type === "warning") return `${event.code}: ${event.message}`;
  if (event.type !== "result") return event.type;
  const { outcome, release, error } = event;
  const ended = release === null ? outcome : `${outcome}, release ${release}`;
  return error === undefined ? ended : `${ended}: ${error.code}: ${error.message}`;
};

export const annotationOf = (
  event: RunEvent,
  { subject, moments }: Pick<ListenerContext, "subject" | "moments">,
  tags: readonly string[],
): Annotation => {
  const { verb, application, environment } = subject;
  const what = `${verb} of ${application}${environment === "" ? "" : ` on ${environment}`}`;
  return {
    time: event.time,
    tags: [application, environment, ...moments, ...tags].filter((tag) => tag !== ""),
    text: `${what}: ${news(event)}`,
  };
};
