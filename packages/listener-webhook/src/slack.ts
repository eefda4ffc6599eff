import type { Notice } from "./notice.ts";
import { clipped } from "./one-line.ts";

/** Slack allows 3000 characters in the text of a section and 2000 in a field, of which a section has at most 10. */
const sectionLimit = 2_900;
const fieldLimit = 1_900;
const fieldCount = 10;

/** The three characters that Slack reads as its own. */
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Nothing escapes a mark of style in Slack, but within backticks there is only one: the backtick. */
const code = (text: string, limit: number): string =>
  `\`${clipped(text.replaceAll("`", "ʼ"), limit, escaped)}\``;

/** `verbatim`: no name in it becomes a link or calls anybody. */
const marked = (text: string): object => ({ type: "mrkdwn", text, verbatim: true });
const section = (text: string): object => ({ type: "section", text: marked(text) });

const signs = { good: ":white_check_mark:", bad: ":rotating_light:", plain: ":information_source:" } as const;

const errorSection = ({ code: name, message, hint }: NonNullable<Notice["error"]>): object => {
  const half = sectionLimit / 2 - 100;
  const lines = [`${code(name, 100)} ${clipped(message, half, escaped)}`];
  if (hint !== undefined) lines.push(clipped(hint, half, escaped));
  return section(lines.join("\n"));
};

const nextSection = (next: readonly string[]): object => {
  const each = Math.floor(sectionLimit / next.length) - 10;
  return section(next.map((command) => code(command, each)).join("\n"));
};

/**
 * The payload of Slack's incoming webhooks: `text` for notifications, and blocks.
 *
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 * @see https://docs.slack.dev/messaging/formatting-message-text (the three characters to be escaped)
 * @see https://docs.slack.dev/reference/block-kit/blocks/section-block (limits)
 */
export const slackPayload = ({ tone, place, headline, facts, error, next, ci }: Notice): object => {
  const line = `${clipped(place, 300, escaped)}: ${clipped(headline, sectionLimit - 400, escaped)}`;
  const fields = facts
    .slice(0, fieldCount)
    .map(([name, value]) => marked(`*${name}* ${code(value, fieldLimit)}`));
  return {
    text: line,
    blocks: [
      section(`${signs[tone]} ${line}`),
      ...(fields.length === 0 ? [] : [{ type: "section", fields }]),
      ...(error === undefined ? [] : [errorSection(error)]),
      ...(next.length === 0 ? [] : [nextSection(next)]),
      ...(ci === undefined ? [] : [section(`<${linked(ci)}|CI job>`)]),
    ],
  };
};

/** In a link the bar is Slack's own too. */
const linked = (url: string): string => escaped(url).replaceAll("|", "%7C");
