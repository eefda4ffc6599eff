import { describeListener } from "@hawser/testkit";
import { openTrial } from "./trial.ts";

const templates = [
  "slack",
  "teams",
  "json",
  { content: "{{text}}", fields: [{ name: "by", value: "{{user}}" }] },
] as const;

for (const template of templates) {
  describeListener(`listener-webhook with the template ${JSON.stringify(template)}`, {
    create: async () => {
      const { listener, server, ...trial } = await openTrial({ template });
      return {
        listener,
        told: async () => server.requests.map(({ body }) => body),
        fail: async () => server.answer({ status: 400, body: "invalid_payload" }),
        hang: async () => server.answer("hang"),
        [Symbol.asyncDispose]: trial[Symbol.asyncDispose],
      };
    },
  });
}
