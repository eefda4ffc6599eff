import type { Notice } from "./notice.ts";
import { clipped } from "./one-line.ts";

/** Teams takes messages of 28 KB: none of the texts may fill one. */
const textLimit = 2_000;

const run = (text: string, style: object = {}): object => ({
  type: "TextRun",
  text: clipped(text, textLimit),
  ...style,
});

/** Of the elements for text only this one reads no Markdown: what a value holds stays what it is. */
const line = (...inlines: readonly object[]): object => ({ type: "RichTextBlock", inlines });

const bold = { weight: "Bolder" };
const mono = { fontType: "Monospace" };
const colors = { good: "Good", bad: "Attention", plain: "Default" } as const;

const errorLines = ({ code, message, hint }: NonNullable<Notice["error"]>): object[] => [
  line(run(code, { ...bold, ...mono }), run(` ${message}`)),
  ...(hint === undefined ? [] : [line(run(hint))]),
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
          ...next.slice(0, 8).map((command) => line(run(command, mono))),
        ],
        ...(ci !== undefined && { actions: [{ type: "Action.OpenUrl", title: "CI job", url: ci }] }),
      },
    },
  ],
});
