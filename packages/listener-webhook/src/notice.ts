import type { ErrorReport, ListenerContext, RunEvent } from "@hawser/core/plugin";
import { headline } from "./headline.ts";
import { oneLine } from "./one-line.ts";

/** What a person is told of an event, in no format yet. */
export interface Notice {
  readonly tone: "good" | "bad" | "plain";
  /** Application and environment. */
  readonly place: string;
  /** What happened, in one sentence. */
  readonly headline: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly error?: Pick<ErrorReport, "code" | "message" | "hint">;
  /** Commands to give next. */
  readonly next: readonly string[];
  /** A link to the CI job. */
  readonly ci?: string;
}

type Subject = ListenerContext["subject"];

const shownInstances = 20;

const toneOf = (moments: readonly string[]): Notice["tone"] => {
  if (moments.includes("failed") || moments.includes("stuck")) return "bad";
  return moments.includes("done") ? "good" : "plain";
};

const failureOf = (event: RunEvent): ErrorReport | undefined => {
  if (event.type === "result") return event.error;
  return event.type === "warning" ? event : undefined;
};

/** Only where they are not all the same: else the release says it. */
const instancesOf = (event: RunEvent): string => {
  if (event.type === "waiting") return event.instances.slice(0, shownInstances).join(", ");
  if (event.type !== "result" || event.outcome !== "split") return "";
  const shown = event.instances
    .slice(0, shownInstances)
    .map(({ id, release }) => `${id} ${release ?? "none"}`);
  const more = event.instances.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ");
};

/** The step and the instance of what went wrong. */
const whereOf = (event: RunEvent): string => {
  const error = failureOf(event);
  const { step, instance } = error ?? {};
  return [...(step === undefined ? [] : [step]), ...(instance === undefined ? [] : [`on ${instance}`])].join(
    " ",
  );
};

const factsOf = (event: RunEvent, subject: Subject): Notice["facts"] => {
  const { release, from, revision, run, who } = subject;
  const facts: [string, string | null][] = [
    ["Release", release],
    ["Before", from === release ? null : from],
    ["Revision", revision],
    ["Run", run],
    ["By", `${who.user}@${who.host}`],
    ["Failed", whereOf(event)],
    ["Instances", instancesOf(event)],
    ["Ran", event.type === "result" ? event.ran.join(", ") : null],
  ];
  return facts.flatMap(([name, value]) =>
    value === null || value === "" ? [] : [[name, oneLine(value)] as const],
  );
};

const errorOf = (event: RunEvent): Notice["error"] => {
  const error = failureOf(event);
  if (error === undefined) return undefined;
  const { code, message, hint } = error;
  return { code, message: oneLine(message), ...(hint !== undefined && { hint: oneLine(hint) }) };
};

const linkOf = ({ ci }: Subject): string | undefined =>
  ci !== undefined && /^https?:\/\/[!-~]+$/.test(ci) && URL.canParse(ci) ? new URL(ci).href : undefined;

export const noticeOf = (
  event: RunEvent,
  { moments, subject }: Pick<ListenerContext, "moments" | "subject">,
): Notice => {
  const { application, environment } = subject;
  const error = errorOf(event);
  const ci = linkOf(subject);
  return {
    tone: toneOf(moments),
    place: environment === "" ? application : `${application} ${environment}`,
    headline: oneLine(headline(event, moments, subject)),
    facts: factsOf(event, subject),
    ...(error !== undefined && { error }),
    next: event.type === "result" ? event.next.map(oneLine) : [],
    ...(ci !== undefined && { ci }),
  };
};

/** The same as plain lines. */
export const plainText = ({ place, headline: what, facts, error, next, ci }: Notice): string =>
  [
    `${place}: ${what}`,
    ...facts.map(([name, value]) => `${name}: ${value}`),
    ...(error === undefined ? [] : [`${error.code}: ${error.message}`]),
    ...(error?.hint === undefined ? [] : [`What to do: ${error.hint}`]),
    ...next.map((command) => `Next: ${command}`),
    ...(ci === undefined ? [] : [`CI job: ${ci}`]),
  ].join("\n");
