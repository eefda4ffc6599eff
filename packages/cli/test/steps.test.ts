import type { FlowReport } from "@hawser/core";
import { expect, it } from "vitest";
import { flowLines } from "../src/render/steps.ts";
import { plainStyle } from "../src/render/style.ts";

const step = (name: string, where: "deployer" | "waves" = "deployer") => ({
  ...{ name, where, needs: [], gives: [], origin: "built-in" },
});

const report: FlowReport = {
  application: "shop",
  environment: "",
  steps: [
    step("prepare"),
    { ...step("scan"), origin: "steps.scan", place: "hawser.yaml:9" },
    step("once.before"),
    step("activate", "waves"),
    step("check", "waves"),
    { ...step("prune"), skipped: { origin: "steps.prune", place: "hawser.yaml:10 (environments.live)" } },
  ],
  commands: [
    { phase: "prepare", name: "build", run: "make", timeoutMs: 90_000, origin: "recipe" },
    {
      phase: "once.before",
      name: "migrate",
      run: "migrate \\\n  --all",
      timeoutMs: 600_000,
      roles: ["web", "db"],
      user: "shop",
      needed: "old",
      lock: "db",
      maintenance: true,
      compatible: false,
      origin: "recipe, changed by installer.with.commands.migrate",
      place: "hawser.yaml:5",
    },
    {
      phase: "leave",
      name: "stop",
      run: "stop",
      timeoutMs: 1_000,
      user: null,
      mayFail: true,
      origin: "recipe",
    },
    {
      phase: "activate",
      name: "warm",
      origin: "recipe",
      skipped: { origin: "installer.with.commands.warm", place: "hawser.yaml:6" },
    },
    {
      phase: "maintenance.on",
      name: "away",
      run: "away\u001b[2J",
      timeoutMs: 60_000,
      origin: "installer.with.commands.away",
      place: "hawser.yaml:7",
    },
  ],
  check: { http: "http://127.0.0.1/", release: true, timeoutMs: 60_000, stableMs: 5_000, origin: "recipe" },
};

it("shows every step, its commands below it with their conditions, and who put each there", () => {
  expect(flowLines(report, plainStyle, 200)).toEqual([
    "STEP            WHERE           USER          LIMIT  CONDITIONS                                          ORIGIN                              COMMAND",
    "prepare         deployer                                                                                 built-in",
    "  build         deployer                       90 s                                                      recipe                              make",
    "scan            deployer                                                                                 hawser.yaml:9",
    "once.before     deployer                                                                                 built-in",
    "  migrate       one of web, db  shop         10 min  if needed; lock db; in maintenance; not compatible  hawser.yaml:5 (recipe)              migrate \\ ...",
    "activate        waves                                                                                    built-in",
    "  leave stop    all             transport's     1 s  may fail                                            recipe                              stop",
    "  warm          skipped                                                                                  hawser.yaml:6",
    "check           waves                                                                                    built-in",
    "  http          all                           1 min  for 5 s; names its release                          recipe                              http://127.0.0.1/",
    "prune           skipped                                                                                  hawser.yaml:10 (environments.live)",
    "maintenance.on  instances                                                                                when maintenance begins",
    "  away          all             transport's   1 min                                                      hawser.yaml:7                       away\\x1b[2J",
  ]);
});

it("leaves away the texts of commands where they would be too wide, and nothing that says who and when", () => {
  const lines = flowLines(report, plainStyle, 140);
  expect(lines.every((line) => line.length <= 140)).toBe(true);
  expect(lines[0]).not.toContain("COMMAND");
  expect(lines.find((line) => line.includes("migrate"))).toContain("hawser.yaml:5 (recipe)");
});
