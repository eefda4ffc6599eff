import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ended, ending, openProject } from "./fixtures/project.ts";

it("gives a command the plan's variables, its own over them, and what the run says over both", async () => {
  const run = 'printf "%s %s %s" "$SIZE" "$COLOUR" "$HAWSER_APPLICATION" >made';
  const project = await openProject({
    instances: 1,
    plan: {
      env: { SIZE: "small", COLOUR: "red", HAWSER_APPLICATION: "other" },
      install: [
        { name: "make", run, timeoutMs: 10_000, env: { COLOUR: "blue", HAWSER_APPLICATION: "another" } },
      ],
    },
  });
  const { result } = await ended(project.engine.deploy());
  expect(ending(result)).toBe("0 done");
  expect(readFileSync(join(project.root("web1"), "current/made"), "utf8")).toBe("small blue shop");
});
