import type { ListenerContext, Moment, RunEvent } from "@hawser/core/plugin";

type Subject = ListenerContext["subject"];
type EventOf<T extends RunEvent["type"]> = Extract<RunEvent, { type: T }>;

const outcomes: Readonly<
  Record<EventOf<"result">["outcome"], (what: string, result: EventOf<"result">) => string>
> = {
  done: (what) => `${what} is done`,
  unchanged: (what) => `${what} had nothing to change`,
  untouched: (what) => `${what} failed; nothing was switched`,
  putBack: (what, { ok }) =>
    ok
      ? "the open run was put back; every instance is as before it"
      : `${what} failed; every instance is as before`,
  split: (what) => `${what} failed; the instances are on different releases`,
  incomplete: (what) => `${what} is in service, but not everything behind it was done`,
  interrupted: (what) => `${what} was interrupted`,
};

const resultLine = (result: EventOf<"result">, moments: readonly Moment[]): string => {
  const what = result.release === null ? result.verb : `${result.verb} of ${result.release}`;
  if (moments.includes("rolledBack")) return `rolled back to ${result.release}`;
  if (moments.includes("held")) return `${result.verb} did not go on: deploys are held`;
  const line = outcomes[result.outcome](what, result);
  return result.open === true ? `${line}; the run is open` : line;
};

const runLine = (event: EventOf<"run">, { verb }: Subject): string =>
  event.resumed ? `${verb} goes on with run ${event.run}` : `${verb} has begun`;

/** A time of the day, without the zone of anybody's machine. */
const clock = (time: number): string => `${new Date(time).toISOString().slice(11, 16)} UTC`;

const waitingLine = ({ what, since, until, time }: EventOf<"waiting">, { verb }: Subject): string => {
  const seconds = Math.round((time - since) / 1000);
  return `${verb} has waited for ${what} for ${seconds} s, and gives up at ${clock(until)}`;
};

/** One sentence that says what happened. */
export const headline = (event: RunEvent, moments: readonly Moment[], subject: Subject): string => {
  switch (event.type) {
    case "result":
      return resultLine(event, moments);
    case "run":
      return runLine(event, subject);
    case "waiting":
      return waitingLine(event, subject);
    case "warning":
      return event.message;
    case "start":
      return `${event.verb} was asked for`;
    case "step":
      return `step ${event.step} ${event.phase}`;
    case "wave":
      return `wave ${event.wave} of ${event.of} ${event.phase}`;
    case "instance":
      return `${event.instance} is ${event.state}`;
    case "progress":
      return `${event.what}: ${event.bytes} bytes`;
    case "output":
      return `${event.instance} ${event.command}: ${event.text}`;
    default:
      return (event as RunEvent).type;
  }
};
