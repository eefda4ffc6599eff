import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pluginContext } from "@hawser/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import symfonyInstaller from "../src/index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hawser-symfony-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The question whether a migration is needed, asked of a console that ends as it is told. */
const ended = async (shell: string, exit: number): Promise<number | null> => {
  writeFileSync(
    join(folder, "console"),
    `[ "$1" = doctrine:migrations:up-to-date ] && exit ${exit}\nexit 99\n`,
  );
  const options = { migrations: true, php: "sh", console: "console" };
  const { once } = (await symfonyInstaller.create(options, pluginContext())).plan({ roles: [] });
  return spawnSync(shell, ["-c", once.before[0]?.needed ?? "exit 98"], { cwd: folder }).status;
};

describe.each(["dash", "bash"])("asked by %s, migrations", (shell) => {
  it("are needed when the console says that the database lacks some", async () => {
    expect(await ended(shell, 1)).toBe(0);
  });

  it("are not needed when the console says that it is up to date", async () => {
    expect(await ended(shell, 0)).toBe(1);
  });

  it.each([2, 127, 255])("fail the run when the console ends with %i", async (exit) => {
    expect(await ended(shell, exit)).toBe(2);
  });
});
