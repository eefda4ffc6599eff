import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startHawser } from "./hawser-process.ts";
import { type SmallProject, smallProject } from "./small-project.ts";

/** What `report` says beside what every result has. */
type Reported = { readonly file?: string; readonly run: string | null };

const report = async (project: SmallProject, ...argv: string[]) => {
  const { exitCode, result } = await project.hawser("report", "-c", "shop.json", ...argv);
  return { exitCode, result, file: (result as Reported | undefined)?.file };
};

const pathIn = (project: SmallProject, name: string): string => join(project.directory, "config", name);

describe("hawser report", () => {
  it("writes one page of a run from storage alone, for its owner's eyes, and changes nothing", async () => {
    await using project = await smallProject();
    const installer = (run: string) => ({
      installer: { use: "@hawser/installer-script", with: { install: [run] } },
    });
    project.config("shop", installer("true"));
    await project.git.commit({ files: { "index.html": "one" }, message: "One" });
    const early = await report(project);
    expect(early.result?.error?.code).toBe("HWS_CLI_RUN_UNKNOWN");
    expect(early.exitCode).toBe(2);

    expect((await project.hawser("deploy", "-c", "shop.json")).exitCode).toBe(0);
    project.config("shop", installer("echo no such table: carts >&2; exit 3"));
    await project.git.commit({ files: { "index.html": "two" }, message: "Two <b>things</b>" });
    const failed = await project.hawser("deploy", "-c", "shop.json");
    expect(failed.exitCode).toBe(1);
    expect(failed.result?.next).toContain("hawser report 000002 -c shop.json");

    // Instances are not asked: it works without them.
    project.config("shop", {
      inventory: { use: "@hawser/inventory-static", with: { instances: ["192.0.2.1"] } },
    });
    const before = project.digest(project.storage);
    writeFileSync(pathIn(project, "hawser-report-000002.html"), "an earlier one");
    const { exitCode, result, file } = await report(project);
    expect([exitCode, result?.run, file]).toEqual([
      0,
      "000002",
      pathIn(project, "hawser-report-000002.html"),
    ]);
    expect(project.digest(project.storage)).toBe(before);
    const page = readFileSync(file ?? "", "utf8");
    for (const words of [
      "no such table: carts",
      "Two &lt;b&gt;things&lt;/b&gt;",
      "exit code 3",
      "index.html",
    ])
      expect(page).toContain(words);
    expect(statSync(file ?? "").mode & 0o777).toBe(0o600);

    const named = await report(project, "000001", "-o", "first.html");
    expect(named.result?.run).toBe("000001");
    expect(readFileSync(pathIn(project, "first.html"), "utf8")).toContain("The first release");

    const unknown = await report(project, "000009");
    expect([unknown.exitCode, unknown.result?.error?.code]).toEqual([2, "HWS_CLI_RUN_UNKNOWN"]);
    expect((await report(project, "-o", "-")).result?.error?.code).toBe("HWS_CLI_USAGE");
    const env = { PATH: process.env.PATH ?? "", HOME: project.directory };
    const printed = await startHawser({
      cwd: join(project.directory, "config"),
      env,
      argv: ["report", "-c", "shop.json", "--out", "-"],
    }).ended;
    expect(printed.stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  });
});
