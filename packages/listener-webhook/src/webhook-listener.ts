import { readFile } from "node:fs/promises";
import type { Listener, ListenerContext, PluginContext, RunEvent } from "@hawser/core/plugin";
import { type Address, Delivery } from "./delivery.ts";
import { errors } from "./errors.ts";
import { noticeOf, plainText } from "./notice.ts";
import type { WebhookOptions } from "./options.ts";
import { checkTemplate, ownPayload } from "./own-payload.ts";
import { slackPayload } from "./slack.ts";
import { teamsPayload } from "./teams.ts";
import { webhookUrl } from "./webhook-url.ts";

type About = Pick<ListenerContext, "moments" | "subject">;

/** What is posted of an event, by the template. */
export const payloadOf = (
  template: NonNullable<WebhookOptions["template"]>,
  event: RunEvent,
  { moments, subject }: About,
): unknown => {
  const about = { moments, subject };
  const notice = noticeOf(event, about);
  if (template === "slack") return slackPayload(notice);
  if (template === "teams") return teamsPayload(notice);
  if (template === "json") return { text: plainText(notice), moments, subject, event };
  return ownPayload(template, notice, event, about);
};

const readAuthorities = async (path: string): Promise<string> => {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw errors.HWS_WEBHOOK_CA_UNREADABLE([path, (cause as NodeJS.ErrnoException).code ?? "unknown"]);
  }
};

const addressOf = async (options: WebhookOptions): Promise<Address> => {
  const url = webhookUrl(options.url.reveal(), options.allowPlaintext ?? false);
  const ca = options.ca === undefined ? undefined : await readAuthorities(options.ca);
  return {
    url: url.href,
    origin: url.origin,
    headers: { "content-type": "application/json; charset=utf-8", ...options.headers },
    ...(ca !== undefined && { ca }),
    timeoutMs: options.timeoutMs ?? 4_000,
  };
};

export const createListener = async (options: WebhookOptions, { http }: PluginContext): Promise<Listener> => {
  const { template = "json" } = options;
  if (typeof template === "object") checkTemplate(template);
  const delivery = new Delivery(http, await addressOf(options));
  return { on: (event, context) => delivery.post(payloadOf(template, event, context), context) };
};
