import { use } from "@hawser/core/plugin";
import { trace } from "@opentelemetry/api";
import { BatchSpanProcessor, InMemorySpanExporter } from "@opentelemetry/sdk-trace-base";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ended, ending, openProject } from "../../core/test/engine/fixtures/project.ts";
import plugin from "../src/index.ts";
import { registerSdk, type Sdk } from "./sdk.ts";

let sdk: Sdk | undefined;
afterEach(() => {
  sdk?.unregister();
  sdk = undefined;
  vi.unstubAllEnvs();
});

const traced = { config: { listeners: [use(plugin, {})] } };
const traceId = "0af7651916cd43dd8448eb211c80319c";

describe("a run of the engine", () => {
  it("is one trace, whose parent is the CI job's span", async () => {
    vi.stubEnv("TRACEPARENT", `00-${traceId}-b7ad6b7169203331-01`);
    sdk = registerSdk();
    const { engine } = await openProject(traced);
    const { result } = await ended(engine.deploy());
    expect(ending(result)).toBe("0 done");
    await engine[Symbol.asyncDispose]();
    const names = sdk.spans().map(({ name }) => name);
    for (const name of [
      "hawser deploy",
      "resolve",
      "fetch",
      "prepare",
      "store",
      "stage",
      "install",
      "wave 1",
      "publish",
    ])
      expect(
        names.filter((each) => each === name),
        name,
      ).toHaveLength(1);
    expect(names.filter((name) => name === "instance in wave 1")).toHaveLength(2);
    expect(new Set(sdk.spans().map((span) => span.spanContext().traceId))).toEqual(new Set([traceId]));
    expect(sdk.span("hawser deploy").attributes).toMatchObject({
      "hawser.run": result.run,
      "hawser.release": result.release,
      "hawser.exit_code": 0,
    });
  });

  it("that a traced program asked for is a part of its trace", async () => {
    sdk = registerSdk();
    const { engine } = await openProject(traced);
    const parent = await trace.getTracer("program").startActiveSpan("nightly", async (span) => {
      await engine.status().result;
      span.end();
      return span.spanContext().spanId;
    });
    await engine[Symbol.asyncDispose]();
    expect(sdk.span("hawser status").parentSpanContext?.spanId).toBe(parent);
  });

  it("has sent its spans when the engine is disposed, though the SDK sends in batches", async () => {
    const exporter = new InMemorySpanExporter();
    sdk = registerSdk(new BatchSpanProcessor(exporter, { scheduledDelayMillis: 3_600_000 }));
    const { engine } = await openProject(traced);
    await engine.status().result;
    await engine[Symbol.asyncDispose]();
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(["hawser status"]);
  });

  it("goes as ever without an SDK, and doctor says that nothing is traced", async () => {
    const { engine } = await openProject(traced);
    const { result } = await ended(engine.deploy());
    expect(ending(result)).toBe("0 done");
    expect(result.warnings).toEqual([]);
    const problems = await engine.doctor();
    expect(problems).toContainEqual(
      expect.objectContaining({ code: "HWS_TRACE_NO_SDK", severity: "warning" }),
    );
  });

  it("goes as ever although an exporter fails", async () => {
    const failing = {
      forceFlush: () => Promise.reject(new Error("the collector is away")),
      onStart: () => undefined,
      onEnd: () => undefined,
      shutdown: async () => undefined,
    };
    sdk = registerSdk(failing);
    const { engine } = await openProject(traced);
    expect(ending(await engine.deploy().result)).toBe("0 done");
    await engine[Symbol.asyncDispose]();
  });
});
