import type { Notice } from "./notice.ts";
import { clipped } from "./one-line.ts";

/** Teams takes messages of 28 KB, and a character may have three bytes: so all texts together stay below it. */
const textLimit = 300;
const errorLimit = 1_000;
const nextCount = 5;

const run = (text: string, style: object = {}, limit: number = textLimit): object => ({
  type: "TextRun",
  text: clipped(text, limit),
  ...style,
});

/** Of the elements for text only this one reads no Markdown: what a value holds stays what it is. */
const line = (...inlines: readonly object[]): object => ({ type: "RichTextBlock", inlines });

const bold = { weight: "Bolder" };
const mono = { fontType: "Monospace" };
const colors = { good: "Good", bad: "Attention", plain: "Default" } as const;

const errorLines = ({ code, message, hint }: NonNullable<Notice["error"]>): object[] => [
  line(run(code, { ...bold, ...mono }), run(` ${message}`, {}, errorLimit)),
  ...(hint === undefined ? [] : [line(run(hint, {}, errorLimit))]),
];

/**
 * The payload of a Teams workflow that begins with "When a Teams webhook request is received": a message with one
 * Adaptive Card.
 *
 * @see https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 * @see https://adaptivecards.io/explorer/RichTextBlock.html
 * @see https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features (a TextRun reads no Markdown)
 */
export const teamsPayload = ({ tone, place, headline, facts, error, next, ci }: Notice): object => ({
  type: "message",
  attachments: [
    {
      contentType: "application/vnd.microsoft.card.adaptive",
      contentUrl: null,
      content: {
        $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
        type: "AdaptiveCard",
        version: "1.4",
        body: [
          line(run(`${place}: ${headline}`, { ...bold, size: "Medium", color: colors[tone] })),
          ...facts.map(([name, value]) => line(run(`${name} `, bold), run(value, mono))),
          ...(error === undefined ? [] : errorLines(error)),
          ...next.slice(0, nextCount).map((command) => line(run(command, mono))),
        ],
        ...(ci !== undefined && { actions: [{ type: "Action.OpenUrl", title: "CI job", url: ci }] }),
      },
    },
  ],
});
