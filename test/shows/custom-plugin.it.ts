import { readFileSync } from "node:fs";
import { join } from "node:path";
import { spawnProgram } from "@hawser/core";
import { beforeAll, describe, expect, it } from "vitest";
import { built } from "./built.ts";
import { copiedExample } from "./copied-example.ts";
import { ending, startHawser } from "./hawser-process.ts";
import { repository } from "./place.ts";
// The example's own contract test: it declares its tests here.
import "../../examples/custom-source/page-source.test.ts";

const example = join(repository, "examples/custom-source");

const copied = () => copiedExample("custom-source");

describe("a plugin of one's own", () => {
  beforeAll(built);

  it("takes under 40 lines", () => {
    const lines = readFileSync(join(example, "page-source.ts"), "utf8").trimEnd().split("\n");
    expect(lines.length).toBeLessThan(40);
  });

  it("is deployed by the command line from YAML", async () => {
    const { directory, root, env } = copied();
    const end = await startHawser({ cwd: directory, env, argv: ["deploy", "--json"] }).ended;
    expect(end.exitCode, ending(end)).toBe(0);
    expect(readFileSync(join(root, "current/index.html"), "utf8")).toBe("<h1>Closed today</h1>\n");
  });

  it("is found good by hawser plugin check", async () => {
    const { directory, env } = copied();
    const argv = ["plugin", "check", "./page-source.ts", "--json"];
    const end = await startHawser({ cwd: directory, env, argv }).ended;
    expect(end.exitCode, ending(end)).toBe(0);
  });

  it("is deployed by a TypeScript program that the compiler checked", async () => {
    const { directory, root, env } = copied();
    const compiler = join(repository, "node_modules/typescript/bin/tsc");
    const compiled = await spawnProgram(process.execPath, [compiler, "-p", directory], {
      cwd: directory,
      env,
    });
    expect(compiled.stdout + compiled.stderr).toBe("");
    const ended = await spawnProgram(process.execPath, ["dist/deploy.js"], { cwd: directory, env });
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
    expect(JSON.parse(ended.stdout.trim().split("\n").at(-1) ?? "")).toMatchObject({
      ok: true,
      outcome: "done",
    });
    expect(readFileSync(join(root, "current/index.html"), "utf8")).toBe("<h1>Closed today</h1>\n");
  });
});
