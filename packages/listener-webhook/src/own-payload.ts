import type { ListenerContext, RunEvent } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { type Notice, plainText } from "./notice.ts";
import type { OwnTemplate } from "./options.ts";

type Fact = (
  notice: Notice,
  event: RunEvent,
  context: Pick<ListenerContext, "moments" | "subject">,
) => string;

/** What may stand in a template, by name. */
const facts: Readonly<Record<string, Fact>> = {
  text: (notice) => plainText(notice),
  headline: ({ headline }) => headline,
  place: ({ place }) => place,
  tone: ({ tone }) => tone,
  moments: (_notice, _event, { moments }) => moments.join(", "),
  type: (_notice, { type }) => type,
  time: (_notice, { time }) => new Date(time).toISOString(),
  application: (_notice, _event, { subject }) => subject.application,
  environment: (_notice, _event, { subject }) => subject.environment,
  verb: (_notice, _event, { subject }) => subject.verb,
  run: (_notice, _event, { subject }) => subject.run ?? "",
  release: (_notice, _event, { subject }) => subject.release ?? "",
  from: (_notice, _event, { subject }) => subject.from ?? "",
  revision: (_notice, _event, { subject }) => subject.revision ?? "",
  user: (_notice, _event, { subject }) => subject.who.user,
  host: (_notice, _event, { subject }) => subject.who.host,
  code: ({ error }) => error?.code ?? "",
  message: ({ error }) => error?.message ?? "",
  hint: ({ error }) => error?.hint ?? "",
  next: ({ next }) => next.join("\n"),
  ci: ({ ci }) => ci ?? "",
};

const place = /\{\{\s*([A-Za-z]{1,40})\s*\}\}/g;

/** The same JSON with every text changed; what stands in a text cannot become anything but text. */
const mapTexts = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
};

/** Refuses a template that names what no event has. */
export const checkTemplate = (template: OwnTemplate): void => {
  mapTexts(template, (text) => {
    for (const [, name = ""] of text.matchAll(place))
      if (!Object.hasOwn(facts, name)) throw errors.HWS_WEBHOOK_TEMPLATE([name]);
    return text;
  });
};

/** The JSON object of one's own, with the facts of the event in its texts. */
export const ownPayload = (template: OwnTemplate, ...about: Parameters<Fact>): unknown =>
  mapTexts(template, (text) => text.replaceAll(place, (_, name: string) => facts[name]?.(...about) ?? ""));
