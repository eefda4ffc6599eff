import { describe, expect, test } from "vitest";
import type { InstallPlan } from "../../src/contracts/installer.ts";
import { parsePlan, renderPlan } from "../../src/state/plan-document.ts";

const plan: InstallPlan = {
  prepare: [{ name: "prepare-1", run: "composer install\n", timeoutMs: 600_000 }],
  install: [
    { name: "install-1", run: "bin/console cache:warmup", timeoutMs: 600_000 },
    {
      name: "assets",
      run: 'printf "100%%\\n"\n# ü\u0001',
      timeoutMs: 1,
      roles: ["web", "worker"],
      user: "www-data",
      cwd: "public/a b",
      env: { Z: "last", A: "first\nsecond=%41" },
    },
  ],
  leave: [{ name: "stop", run: "stop", timeoutMs: 9, mayFail: true, user: null }],
  activate: [],
  rollback: [{ name: "back", run: "true", timeoutMs: 5 }],
  once: {
    before: [
      {
        name: "migrate",
        run: "migrate",
        timeoutMs: 1000,
        compatible: false,
        needed: "! migrate --status",
        lock: "shop-db",
        maintenance: true,
      },
    ],
    after: [{ name: "flush", run: "flush", timeoutMs: 1000, compatible: true }],
  },
  maintenance: {
    on: [{ name: "away", run: "down", timeoutMs: 5 }],
    off: [{ name: "back", run: "up", timeoutMs: 5 }],
  },
  shared: ["var/log/", "config.ini"],
  writable: ["cache"],
  generated: ["public/bundle é"],
  ownership: [
    { path: "var/log/", owner: "www-data", group: "adm", mode: "2775", adopt: true },
    { path: "a b", mode: "0750" },
    { path: "config.ini", adopt: false },
  ],
  env: { B: "two", A: "" },
  secrets: ["APP_KEY", "DATABASE"],
  user: "deploy",
  check: {
    http: "http://127.0.0.1/health",
    headers: { Host: "shop.example", "X-Empty": "" },
    status: 204,
    body: "all ok",
    release: true,
    timeoutMs: 60_000,
    stableMs: 0,
  },
};

describe("the text of an install plan", () => {
  test("gives back the plan that it was made of", () => {
    expect(parsePlan(renderPlan(plan), "plans/x")).toEqual(plan);
    const small: InstallPlan = {
      ...plan,
      prepare: [],
      install: [],
      rollback: [],
      leave: [],
      once: { before: [], after: [] },
      maintenance: { on: [], off: [] },
      shared: [],
      ownership: [],
      secrets: [],
      env: {},
      check: { command: "bin/ready", user: "www-data", timeoutMs: 1, stableMs: 2 },
    };
    expect(parsePlan(renderPlan(small), "plans/x")).toEqual(small);
  });

  test("is the same for equal plans, whatever the order of their fields", () => {
    const turned = Object.fromEntries(Object.entries(plan).reverse()) as unknown as InstallPlan;
    expect(renderPlan({ ...turned, env: { A: "", B: "two" } })).toEqual(renderPlan(plan));
  });

  test("is lines of printable ASCII, one a value", () => {
    const text = renderPlan(plan).toString("latin1");
    expect(text).toMatch(/^(?:[a-z-]+: [ -~]*\n)+$/);
    expect(text).toContain("env: A=first%0Asecond=%2541\n");
  });

  test("keys that a later version adds are ignored, a newer layout is refused", () => {
    const text = renderPlan(plan).toString("latin1");
    const later = text
      .replace("timeout-ms: 5\n", "timeout-ms: 5\nnice: 19\n")
      .replace("env: A=\n", "umask: 022\nenv: A=\n");
    expect(parsePlan(Buffer.from(later), "plans/x")).toEqual(plan);
    const newer = Buffer.from(text.replace("hawser-plan: 1", "hawser-plan: 2"));
    expect(() => parsePlan(newer, "plans/x")).toThrowError(
      expect.objectContaining({ code: "HWS_STATE_NEWER" }),
    );
  });

  test.each([
    ["JSON", '{"layout":1}\n'],
    ["a cut text", "hawser-plan: 1\nenv: A=b"],
    ["a command without its text", "hawser-plan: 1\ncommand: install a\ntimeout-ms: 1\n"],
    ["a command of an unknown phase", "hawser-plan: 1\ncommand: constructor a\nrun: x\ntimeout-ms: 1\n"],
    ["a limit that is no number", "hawser-plan: 1\ncommand: install a\nrun: x\ntimeout-ms: 1e9\n"],
    ["nothing", ""],
  ])("%s is no plan", (_, text) => {
    expect(() => parsePlan(Buffer.from(text), "plans/x")).toThrowError(
      expect.objectContaining({ code: "HWS_STATE_CORRUPT" }),
    );
  });
});
