import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Facts } from "@hawser/core";
import { freePort, operationContext } from "@hawser/testkit";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import sizeStep from "../../examples/custom-recipe/size-step.ts";
import { built } from "./built.ts";
import { type CopiedExample, copiedExample } from "./copied-example.ts";
import { ending, startHawser } from "./hawser-process.ts";
import { repository } from "./place.ts";
// The example's own contract test: it declares its tests here.
import "../../examples/custom-recipe/python-recipe.test.ts";

const example = join(repository, "examples/custom-recipe");

/** Who runs the application, as any supervisor does: whenever it ends it is started again, from what is current then. */
const supervise = (root: string, port: number): void => {
  const loop = `while :; do
    if cd -P '${root}/current' 2>/dev/null; then python3 server.py; fi
    sleep 0.1
  done`;
  const child = spawn("sh", ["-c", loop], {
    detached: true,
    stdio: "ignore",
    env: { PATH: process.env.PATH, PORT: String(port) },
  });
  onTestFinished(() => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  });
};

const ask = async (port: number): Promise<unknown> =>
  await (await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5_000) })).json();

const hawser = async ({ directory, env }: CopiedExample, port: number, ...argv: string[]) =>
  await startHawser({ cwd: directory, env: { ...env, PORT: String(port) }, argv }).ended;

/** The answer once it is of that release: the process is started again a moment after it was told to end. */
const answerOf = async (port: number, release: string): Promise<unknown> => {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await ask(port).catch(() => undefined);
    if ((answer as { release?: string } | undefined)?.release === release) return answer;
    await sleep(100);
  }
  return await ask(port);
};

describe("a recipe of one's own", () => {
  beforeAll(built);

  it("takes under 60 lines", () => {
    const lines = readFileSync(join(example, "python-recipe.ts"), "utf8").trimEnd().split("\n");
    expect(lines.length).toBeLessThan(60);
  });

  it("is found good by hawser plugin check", async () => {
    const copy = copiedExample("custom-recipe");
    const end = await hawser(copy, 8080, "plugin", "check", "./python-recipe.ts", "--json");
    expect(end.exitCode, ending(end)).toBe(0);
  });

  it("brings one release after the other into service, with its migrations", async () => {
    const copy = copiedExample("custom-recipe");
    const port = await freePort("127.0.0.1");
    supervise(copy.root, port);
    const first = await hawser(copy, port, "deploy", "--json");
    expect(first.exitCode, ending(first)).toBe(0);
    expect(await answerOf(port, "000001")).toEqual({ release: "000001", notes: ["first"] });

    const migrate = join(copy.directory, "notes/migrate.py");
    const next = `('first')", "INSERT INTO notes (text) VALUES ('second')"]`;
    writeFileSync(migrate, readFileSync(migrate, "utf8").replace(`('first')"]`, next));
    const second = await hawser(copy, port, "deploy", "--json");
    expect(second.exitCode, ending(second)).toBe(0);
    expect(await answerOf(port, "000002")).toEqual({ release: "000002", notes: ["first", "second"] });
  });

  it("is shown by plan --steps with who put each line there, and nobody is asked", async () => {
    const copy = copiedExample("custom-recipe");
    const end = await hawser(copy, 8080, "plan", "--steps", "--json");
    expect(end.exitCode, ending(end)).toBe(0);
    const line = (text: string) => `hawser.yaml:${lineOf(copy, text)}`;
    expect(end.result).toMatchObject({
      steps: expect.arrayContaining([
        expect.objectContaining({ name: "resolve", where: "deployer", origin: "built-in" }),
        expect.objectContaining({ name: "size", origin: "steps.size", place: line("size:") }),
      ]),
      commands: [
        {
          phase: "prepare",
          name: "dependencies",
          origin: "python-recipe",
          skipped: { origin: "installer.with.commands.dependencies", place: line("dependencies:") },
        },
        { phase: "install", name: "words", origin: "installer.with.commands.words", place: line("words:") },
        {
          phase: "install",
          name: "compile",
          timeoutMs: 60_000,
          origin: "python-recipe, changed by installer.with.commands.compile",
          place: line("compile:"),
        },
        { phase: "once.before", name: "migrate", lock: "database", origin: "python-recipe" },
        { phase: "activate", name: "restart", origin: "python-recipe" },
      ],
      check: { release: true, origin: "python-recipe" },
    });
  });
});

describe("a step of one's own", () => {
  const run = async (mostFiles: number) =>
    await sizeStep.run({ prepared: { directory: join(example, "notes") } } as unknown as Facts, {
      ...operationContext(),
      application: "notes",
      environment: "",
      options: { mostFiles },
    });

  it("hands on what it declares", async () => {
    expect(await run(2)).toEqual({ files: 2 });
  });

  it("ends the run where it throws", async () => {
    await expect(run(1)).rejects.toThrow("2 files, and at most 1 are meant");
  });
});

const lineOf = ({ directory }: CopiedExample, text: string): number =>
  readFileSync(join(directory, "hawser.yaml"), "utf8")
    .split("\n")
    .findIndex((line) => line.trim().startsWith(text)) + 1;
