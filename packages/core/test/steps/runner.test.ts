import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { defineStep, type HawserConfig } from "../../src/index.ts";
import { ended, ending, openProject } from "../engine/fixtures/project.ts";

const text = { type: "string", minLength: 1 };

/** Deploys once with changes to the table of steps. */
const deployWith = async (steps: NonNullable<HawserConfig["steps"]>, instances = 1) => {
  const project = await openProject({
    instances,
    plan: { check: { command: "false", timeoutMs: 1, stableMs: 0 } },
    config: { steps: { check: null, ...steps }, rollout: { waves: [1, "100%"] } },
  });
  return { project, ...(await ended(project.engine.deploy())) };
};

it("hands a step what those before it gave, its options, and takes what it gives on to those after it", async () => {
  const seen: unknown[] = [];
  const { result } = await deployWith({
    scan: {
      after: "prepare",
      with: { deep: true },
      use: defineStep<{ report: string }, { deep: boolean }>({
        name: "scan",
        needs: ["prepared", "revision"],
        gives: { report: text },
        run: async ({ prepared, revision }, { options, application }) => {
          seen.push(existsSync(join(prepared.directory, "index.html")), revision.label, options, application);
          return { report: "clean" };
        },
      }),
    },
    sign: {
      after: "store",
      use: defineStep<{ report: string }>({
        name: "sign",
        needs: ["report", "release"],
        run: async ({ report, release }) => void seen.push(report, release.id),
      }),
    },
  });
  expect(ending(result)).toBe("0 done");
  expect(seen).toEqual([true, "v1", { deep: true }, "shop", "clean", "000001"]);
});

it.each([
  ["gives nothing", undefined, /report is missing/],
  ["gives what does not fit", { report: "" }, /report must NOT have fewer than 1 char/],
])("ends the run at a step that %s, before anything is changed", async (_, given, message) => {
  const scan = defineStep<{ report: string }>({
    name: "scan",
    gives: { report: text },
    run: async () => given,
  });
  const { result, project } = await deployWith({ scan: { after: "pack", use: scan } });
  expect(ending(result)).toBe("1 untouched HWS_STEP_GIVES");
  expect(result.error).toMatchObject({ step: "scan", message: expect.stringMatching(message) });
  expect(project.current()).toEqual([null]);
  expect(await project.engine.releases()).toEqual([]);
});

it("runs a step in the place of a built-in one, and leaves out what is null", async () => {
  // The plan's check would fail: it is left out by `deployWith`.
  const { result, project, events } = await deployWith({
    prepare: {
      use: defineStep({
        name: "own",
        needs: ["tree"],
        gives: { prepared: { type: "object" } },
        run: async ({ tree }) => {
          await writeFile(join(tree.directory, "built.txt"), "by an own step");
          return { prepared: tree };
        },
      }),
    },
  });
  expect(ending(result)).toBe("0 done");
  expect(readFileSync(join(project.root("web1"), "current/built.txt"), "utf8")).toBe("by an own step");
  const steps = events.flatMap((event) => (event.type === "step" ? [event.step] : []));
  expect(steps).toContain("prepare");
  expect(steps).not.toContain("own");
});

it("runs a step of the waves on each instance in its turn, where it may run a command in the new release", async () => {
  const turns: string[] = [];
  const { result, project } = await deployWith(
    {
      warm: {
        after: "activate",
        use: defineStep({
          name: "warm",
          where: "waves",
          needs: ["release"],
          run: async (_, { instance, command }) => {
            turns.push(instance?.id ?? "");
            await command?.('printf "%s" "$HAWSER_RELEASE" >"$HAWSER_ROOT/warm"');
          },
        }),
      },
    },
    2,
  );
  expect(ending(result)).toBe("0 done");
  expect(turns).toEqual(["web1", "web2"]);
  for (const id of turns) expect(readFileSync(join(project.root(id), "warm"), "utf8")).toBe("000001");
});

it("says which step failed, and journals the run's end", async () => {
  const audit = defineStep({
    name: "audit",
    run: async () => {
      throw new Error("too many secrets");
    },
  });
  const { result, events, project } = await deployWith({ audit: { before: "store", use: audit } });
  expect(result).toMatchObject({
    exitCode: 1,
    outcome: "untouched",
    error: { step: "audit", message: "too many secrets" },
  });
  expect(events).toContainEqual(
    expect.objectContaining({ type: "step", step: "audit", phase: "failed", detail: "too many secrets" }),
  );
  expect(await project.engine.history()).toMatchObject([{ run: "000001", outcome: "untouched" }]);
});
