import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { built } from "./built.ts";
import { startHawser } from "./hawser-process.ts";
import { smallProject } from "./small-project.ts";

beforeAll(() => built());

/** As a person's own `otel.mjs`: an SDK that sends in batches, an hour apart, to a file. */
const sdk = (file: string): string => `
import { appendFileSync } from "node:fs";
import { trace } from "@opentelemetry/api";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";

const exporter = {
  export: (spans, done) => {
    for (const span of spans)
      appendFileSync(${JSON.stringify(file)}, JSON.stringify({ name: span.name, ...span.spanContext(), attributes: span.attributes }) + "\\n");
    done({ code: 0 });
  },
  shutdown: async () => {},
};
const spanProcessors = [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 3_600_000 })];
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
`;

it("a deploy of the program is one trace in the CI job's, sent before it ends; its logs are lines of JSON", async () => {
  await using project = await smallProject();
  await project.git.commit({ files: { "index.html": "one" }, message: "one" });
  const spans = join(project.directory, "spans.jsonl");
  writeFileSync(join(project.directory, "config/otel.mjs"), sdk(spans));
  const config = project.config("traced", { listeners: [{ use: "@hawser/listener-opentelemetry" }] });
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const ended = await startHawser({
    cwd: join(project.directory, "config"),
    env: {
      PATH: process.env.PATH ?? "",
      HOME: join(project.directory, "home"),
      NODE_OPTIONS: "--import ./otel.mjs",
      TRACEPARENT: `00-${traceId}-b7ad6b7169203331-01`,
      HAWSER_LOG: "debug",
    },
    argv: ["deploy", "-c", config, "--json"],
  }).ended;
  expect(ended.exitCode).toBe(0);
  expect(existsSync(spans)).toBe(true);
  const sent = readFileSync(spans, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const [root] = sent.filter(({ name }) => name === "hawser deploy");
  expect(root.attributes).toMatchObject({ "hawser.run": ended.result?.run, "hawser.outcome": "done" });
  expect(new Set(sent.map((span) => span.traceId))).toEqual(new Set([traceId]));
  expect(sent.filter(({ name }) => name.startsWith("instance in wave"))).toHaveLength(2);
  for (const line of ended.stderr.split("\n").filter((each) => each !== ""))
    expect(JSON.parse(line)).toMatchObject({ time: expect.any(Number), level: expect.any(String) });
});
