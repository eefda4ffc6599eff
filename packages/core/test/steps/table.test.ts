import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { builtInSteps } from "../../src/operations/launch.ts";
import type { Flow } from "../../src/steps/flow.ts";
import { defineStep } from "../../src/steps/step.ts";
import { stepTable, wholeTable } from "../../src/steps/table.ts";

const any = { type: "string" };
const fetched = defineStep({ name: "fetch", gives: { tree: any }, run: () => Promise.resolve() });
const packed = defineStep({ name: "pack", needs: ["tree"], run: () => Promise.resolve() });
const own = defineStep({ name: "own", run: () => Promise.resolve() });
const names = (changes: Parameters<typeof stepTable>[1]): string[] =>
  stepTable([fetched, packed], changes).map(({ step }) => step.name);
const code = (value: string) => expect.objectContaining({ code: value });

describe("the table of steps", () => {
  it("is the built-in one without changes", () => expect(names({})).toEqual(["fetch", "pack"]));

  it("takes a new step before or after another", () => {
    expect(names({ scan: { after: "fetch", use: own } })).toEqual(["fetch", "scan", "pack"]);
    expect(names({ scan: { before: "fetch", use: own } })).toEqual(["scan", "fetch", "pack"]);
  });

  it("replaces the step of the same name and hands it its options", () => {
    const rows = stepTable([fetched, packed], { pack: { use: own, with: { deep: true } } });
    expect(rows.map(({ step }) => step.name)).toEqual(["fetch", "pack"]);
    expect(rows[1]).toMatchObject({ options: { deep: true }, origin: "steps.pack" });
    expect(rows[1]?.step.run).toBe(own.run);
  });

  it("leaves out what is null", () => expect(names({ pack: null })).toEqual(["fetch"]));

  it("keeps the place of what is skipped: other steps may stand beside it", () => {
    const changes = { pack: null, scan: { after: "pack", use: own } };
    expect(names(changes)).toEqual(["fetch", "scan"]);
    expect(wholeTable([fetched, packed], changes).map(({ step, skipped }) => [step.name, skipped])).toEqual([
      ["fetch", undefined],
      ["pack", "steps.pack"],
      ["scan", undefined],
    ]);
  });

  it("refuses an anchor or a skipped step that is not there", () => {
    expect(() => names({ scan: { after: "fetsh", use: own } })).toThrow(code("HWS_STEP_UNKNOWN"));
    expect(() => names({ packk: null })).toThrow(code("HWS_STEP_UNKNOWN"));
  });

  it("refuses a new step without a place and a module without a step", () => {
    expect(() => names({ scan: { use: own } })).toThrow(code("HWS_STEP_INVALID"));
    expect(() => names({ scan: { after: "fetch", use: {} } })).toThrow(code("HWS_STEP_INVALID"));
  });

  it("refuses a need that no step before gives", () => {
    expect(() => names({ fetch: null })).toThrow(code("HWS_STEP_NEEDS"));
  });

  it("is the one of the guide", () => {
    const guide = readFileSync(new URL("../../../../docs/guide/steps.md", import.meta.url), "utf8");
    const inventory = { suspend: async () => {} };
    const plan = { maintenance: { on: [{}], off: [] } };
    const flow = { operation: { plan, desk: { providers: { inventory } } } } as unknown as Flow;
    const list = (facts: readonly string[]): string => (facts.length === 0 ? "–" : facts.join(", "));
    const rows = builtInSteps(flow).map(
      ({ name, where, needs, gives }) =>
        `| ${name} | ${where} | ${list(needs)} | ${list(Object.keys(gives))} |`,
    );
    expect(
      guide.split("\n").filter((line) => /^\| [a-z.]+ \| (deployer|instances|waves) /.test(line)),
    ).toEqual(rows);
  });
});
