import { describe, expect, it } from "vitest";
import { RunControl } from "../../src/engine/control.ts";
import { EventStream } from "../../src/engine/event-stream.ts";

const code = (value: string) => expect.objectContaining({ code: value });

describe("the control of a run", () => {
  it("puts back at the first cancel and stops at the second", () => {
    const control = new RunControl();
    const heard: string[] = [];
    control.onCancel((how) => heard.push(how));
    control.cancel();
    expect(control.signal.aborted).toBe(false);
    expect(() => control.checkpoint()).toThrow(code("HWS_RUN_CANCELLED"));
    expect(() => control.stopPoint()).not.toThrow();
    control.cancel();
    expect(control.signal.reason).toMatchObject({ code: "HWS_RUN_STOPPED" });
    expect(() => control.stopPoint()).toThrow(code("HWS_RUN_STOPPED"));
    expect(heard).toEqual(["putBack", "stop"]);
  });
});

describe("the events of a run", () => {
  it("drop only progress and output for a reader that does not come", async () => {
    const stream = new EventStream();
    for (let step = 0; step < 100; step++)
      stream.push({ type: "step", step: String(step), phase: "done", time: step });
    for (let bytes = 0; bytes < 5_000; bytes++)
      stream.push({ type: "progress", what: "upload", bytes, time: bytes });
    for (let step = 100; step < 200; step++)
      stream.push({ type: "step", step: String(step), phase: "done", time: step });
    stream.close();
    const seen = [];
    for await (const event of stream) seen.push(event);
    expect(seen.length).toBe(2048);
    expect(seen.flatMap((event) => (event.type === "step" ? [Number(event.step)] : []))).toEqual(
      Array.from({ length: 200 }, (_, step) => step),
    );
  });
});
