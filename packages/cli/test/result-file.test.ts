import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventsOf, folder, hawser } from "./process.ts";

const read = async (file: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(file, "utf8"));

describe("--result", () => {
  it.each([
    ["success", ["deploy"], "good", 0],
    ["failure", ["deploy"], "putBack", 1],
    ["a misuse", ["deploy", "--nothing"], "good", 2],
  ])(
    "writes the same object as the last event after %s, and nothing beside it",
    async (_what, argv, run, code) => {
      const directory = await folder();
      const { stdout } = await hawser([...argv, "--json", "--result", "out.json"], {
        cwd: directory,
        env: { FAKE_RUN: run },
      }).ended;
      const { time: _time, ...last } = eventsOf(stdout).at(-1) as Record<string, unknown>;
      expect(await read(join(directory, "out.json"))).toEqual(last);
      expect(last.exitCode).toBe(code);
      expect(await readdir(directory)).toEqual(["out.json"]);
    },
  );

  it("that cannot be written is refused before a run starts", async () => {
    const directory = await folder();
    const { code, stderr, stdout } = await hawser(["deploy", "--result", "missing/out.json"], {
      cwd: directory,
    }).ended;
    expect(code).toBe(2);
    expect(stderr).toContain("HWS_CLI_FILE_UNWRITABLE");
    expect(stdout).toBe("");
  });

  it("replaces an older result whole", async () => {
    const directory = await folder();
    await writeFile(join(directory, "out.json"), "x".repeat(100_000));
    await hawser(["deploy", "--result", "out.json"], { cwd: directory }).ended;
    expect(await read(join(directory, "out.json"))).toMatchObject({ type: "result", ok: true });
  });
});
