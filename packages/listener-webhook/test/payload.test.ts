import { listenerContext, runEvents, runResult } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import { retryAfterMs } from "../src/retry-after.ts";
import { payloadOf } from "../src/webhook-listener.ts";
import { withTrial } from "./trial.ts";

const context = listenerContext({ moments: ["failed", "putBack"] });
const hostile = "<!channel> *bold* `code` & <https://evil.example|click> [x](https://evil.example) {{text}}";
const failed = runResult({
  ok: false,
  exitCode: 1,
  outcome: "putBack",
  error: { code: "HWS_CHECK_FAILED", message: hostile, hint: "see `hawser logs`" },
  next: ["hawser status -e production", "hawser logs 000007 -e production"],
});

interface Texts {
  readonly [key: string]: unknown;
}
const textsOf = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value as Texts).flatMap(textsOf);
};

describe("the payload for Slack", () => {
  const payload = payloadOf("slack", failed, context) as {
    text: string;
    blocks: { type: string; text?: { text: string; verbatim: boolean }; fields?: unknown[] }[];
  };

  it("says place, what happened, facts, error, what to do, next commands and the CI job", () => {
    const all = textsOf(payload).join("\n");
    for (const word of [
      "shop production: deploy of 000004 failed; every instance is as before",
      "`4f1c2a9`",
      "`deploy@ci1`",
      "`HWS_CHECK_FAILED`",
      "see `hawser logs`",
      "`hawser status -e production`",
      "<https://ci.example.org/job/7|CI job>",
    ])
      expect(all).toContain(word);
  });

  it("has nothing of Slack's own language from outside", () => {
    for (const text of textsOf(payload)) {
      expect(text.replace("<https://ci.example.org/job/7|CI job>", "")).not.toMatch(/[<>]/);
      expect(text).not.toMatch(/&(?!amp;|lt;|gt;)/);
    }
    expect(JSON.stringify(payload)).not.toContain('"verbatim":false');
  });

  it("keeps Slack's limits, whatever is to be said", () => {
    const message = "&<>".repeat(20_000);
    const long = payloadOf(
      "slack",
      runResult({
        ...failed,
        error: { code: "HWS_X", message, hint: message },
        next: Array(50).fill(message),
      }),
      context,
    ) as typeof payload;
    for (const { text, fields = [] } of long.blocks) {
      expect(text?.text.length ?? 0).toBeLessThanOrEqual(3_000);
      expect(fields.length).toBeLessThanOrEqual(10);
      for (const field of textsOf(fields)) expect(field.length).toBeLessThanOrEqual(2_000);
    }
    expect(long.blocks.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(long)).not.toMatch(/&(am?|l|g|lt|gt|amp)?…/);
  });
});

describe("the payload for Teams", () => {
  const card = (event = failed) =>
    payloadOf("teams", event, context) as {
      type: string;
      attachments: { contentType: string; content: { body: { type: string }[]; actions: unknown[] } }[];
    };

  it("is a message with one card that says the same", () => {
    const { type, attachments } = card();
    expect(type).toBe("message");
    expect(attachments).toMatchObject([{ contentType: "application/vnd.microsoft.card.adaptive" }]);
    const all = textsOf(attachments).join("\n");
    for (const word of ["failed; every instance is as before", "000004", "HWS_CHECK_FAILED", hostile])
      expect(all).toContain(word);
    expect(attachments[0]?.content.actions).toEqual([
      { type: "Action.OpenUrl", title: "CI job", url: "https://ci.example.org/job/7" },
    ]);
  });

  it("has only texts that are read as they are", () => {
    for (const { type } of card().attachments[0]?.content.body ?? []) expect(type).toBe("RichTextBlock");
  });

  it("stays below 28 KB", () => {
    const message = "x".repeat(100_000);
    const long = runResult({ ...failed, ran: [message], next: Array(50).fill(message) });
    expect(JSON.stringify(card(long)).length).toBeLessThan(28_000);
  });

  it("links to no CI job that is not on the web", () => {
    const { subject } = context;
    const odd = { ...context, subject: { ...subject, ci: "javascript:alert(1)" } };
    expect(JSON.stringify(payloadOf("teams", failed, odd))).not.toContain("javascript");
  });
});

describe("a template of one's own", () => {
  it("gets facts in its texts, and they stay texts", () => {
    const template = {
      content: "{{place}}: {{headline}} ({{ code }})",
      deep: [{ why: "{{message}}" }],
      n: 3,
    };
    expect(payloadOf(template, failed, context)).toEqual({
      content: "shop production: deploy of 000004 failed; every instance is as before (HWS_CHECK_FAILED)",
      deep: [{ why: hostile }],
      n: 3,
    });
  });

  it("that names what no event has is refused", async () => {
    await expect(withTrial({ template: { content: "{{relese}}" } })).rejects.toMatchObject({
      code: "HWS_WEBHOOK_TEMPLATE",
      message: expect.stringContaining("relese"),
    });
  });
});

it.each(runEvents.map((event) => [event.type, event] as const))("%s has a sentence", (_, event) => {
  const { text } = payloadOf("json", event, listenerContext()) as { text: string };
  expect(text.split("\n")[0]).toMatch(/^shop production: \S/);
  expect(text).not.toContain("undefined");
});

it.each([
  ["7", 7_000],
  ["0", 0],
  ["Sat, 31 Jan 2026 12:00:09 GMT", 9_000],
  ["Sat, 31 Jan 2026 11:00:00 GMT", 0],
  ["soon", undefined],
  ["-3", undefined],
  [undefined, undefined],
])("Retry-After %s means %s ms", (value, ms) => {
  expect(retryAfterMs(value, Date.UTC(2026, 0, 31, 12, 0, 0))).toBe(ms);
});
