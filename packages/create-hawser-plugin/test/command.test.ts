import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { create, temporary } from "./place.ts";

describe("the command", () => {
  it("makes a plugin, and says what to do next", async () => {
    const cwd = temporary();
    const { code, out } = await create(cwd, "feeds/hawser-source-feed", "--kind", "source");
    expect(code).toBe(0);
    expect(out).toContain("cd feeds/hawser-source-feed\n  npm install\n");
    const folder = join(cwd, "feeds/hawser-source-feed");
    expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).name).toBe("hawser-source-feed");
    expect(readdirSync(join(cwd, "feeds"))).toEqual(["hawser-source-feed"]);
  });

  it("makes it in an empty folder, also in the one it stands in, which stays the folder it is", async () => {
    const cwd = temporary();
    const { ino } = statSync(cwd);
    expect((await create(cwd, ".", "--kind", "step", "--name", "@acme/step")).code).toBe(0);
    expect(statSync(cwd).ino).toBe(ino);
    expect(readdirSync(cwd)).toContain("package.json");
    expect(readdirSync(cwd).filter((name) => name.includes(".part-"))).toEqual([]);
  });

  it.each(["loadBalancer", "load-balancer", "LoadBalancer"])(
    "takes the kind %s for what it is",
    async (kind) => {
      const cwd = temporary();
      const { out } = await create(cwd, "lb", "--kind", kind);
      expect(out).toContain("lb, a loadBalancer, is made");
    },
  );

  it.each([
    [["--kind", "source"], "HWS_SCAFFOLD_USAGE"],
    [["there"], "HWS_SCAFFOLD_USAGE"],
    [["there", "--yes"], "HWS_SCAFFOLD_USAGE"],
    [["a", "b", "--kind", "source"], "HWS_SCAFFOLD_USAGE"],
    [["there", "--kin", "source"], "HWS_SCAFFOLD_USAGE"],
    [["there", "--kind"], "HWS_SCAFFOLD_USAGE"],
    [["there", "--kind", "sauce"], "HWS_SCAFFOLD_KIND"],
    [["there", "--kind", "../source"], "HWS_SCAFFOLD_KIND"],
    [["there", "--kind", "source", "--license", "GPL-1.0"], "HWS_SCAFFOLD_LICENCE"],
    [["there", "--kind", "source", "--name", "../outside"], "HWS_SCAFFOLD_NAME"],
    [["there", "--kind", "source", "--name", 'x", "scripts": {'], "HWS_SCAFFOLD_NAME"],
    [["名前", "--kind", "source"], "HWS_SCAFFOLD_NAME"],
  ])("refuses %j, and writes nothing", async (argv, error) => {
    const cwd = temporary();
    const { code, err, out } = await create(cwd, ...argv);
    expect(code).toBe(2);
    expect(err).toContain(error);
    expect(out).toBe("");
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("never writes over what is there", async () => {
    const cwd = temporary();
    mkdirSync(join(cwd, "full"));
    writeFileSync(join(cwd, "full/mine.txt"), "mine");
    writeFileSync(join(cwd, "file"), "mine");
    mkdirSync(join(cwd, "empty"));
    symlinkSync("empty", join(cwd, "link"));
    for (const folder of ["full", "file", "file/below", "link"]) {
      const { code, err } = await create(cwd, folder, "--kind", "source");
      expect(code).toBe(2);
      expect(err).toContain("HWS_SCAFFOLD_FOLDER");
    }
    expect(readdirSync(cwd).sort()).toEqual(["empty", "file", "full", "link"]);
    expect(readdirSync(join(cwd, "full"))).toEqual(["mine.txt"]);
    expect(readdirSync(join(cwd, "empty"))).toEqual([]);
  });

  it("leaves nothing behind when it cannot write", async () => {
    const cwd = temporary();
    // A name may have 255 bytes; the part beside it has more.
    const { code, err } = await create(cwd, `new/${"a".repeat(250)}`, "--kind", "source", "--name", "a");
    expect(code).toBe(1);
    expect(err).toContain("HWS_SCAFFOLD_WRITE");
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("says its usage and its version", async () => {
    const cwd = temporary();
    expect(await create(cwd, "--help")).toMatchObject({
      code: 0,
      out: expect.stringContaining("loadBalancer"),
    });
    expect((await create(cwd, "--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
