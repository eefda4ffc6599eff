import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { appNameOf, sourceOf } from "../src/init/answers.ts";
import { configText } from "../src/init/template.ts";
import { eventsOf, folder, hawser } from "./process.ts";

/** What is wrong with a config besides plugins that are not installed in the test's folder. */
const faultsOf = async (directory: string): Promise<unknown[]> => {
  const { stdout } = await hawser(["validate", "--json"], { cwd: directory, real: true }).ended;
  const { problems } = eventsOf(stdout).at(-1) as { problems: { code: string }[] };
  return problems.filter(({ code }) => code !== "HWS_PLUGIN_NOT_FOUND");
};

describe("init --yes", () => {
  it("writes a config for a folder of this machine that has no fault", async () => {
    const directory = await folder();
    const { code } = await hawser(["init", "--yes"], { cwd: directory, real: true }).ended;
    expect(code).toBe(0);
    expect(await readFile(join(directory, "hawser.yaml"), "utf8")).toContain("@hawser/transport-local");
    expect(await readFile(join(directory, ".hawser/.gitignore"), "utf8")).toBe("*\n");
    expect(await faultsOf(directory)).toEqual([]);
  });

  it("never overwrites", async () => {
    const directory = await folder();
    await writeFile(join(directory, "hawser.yaml"), "mine");
    const { code, stderr } = await hawser(["init", "--yes"], { cwd: directory, real: true }).ended;
    expect(code).toBe(2);
    expect(stderr).toContain("HWS_CLI_FILE_EXISTS");
    expect(await readFile(join(directory, "hawser.yaml"), "utf8")).toBe("mine");
  });

  it("writes where -c says", async () => {
    const directory = await folder();
    await mkdir(join(directory, "deploy"));
    await hawser(["init", "--yes", "-c", "deploy/hawser.yaml"], { cwd: directory, real: true }).ended;
    expect(await readFile(join(directory, "deploy/hawser.yaml"), "utf8")).toContain('app: "deploy"');
  });
});

describe("init without --yes", () => {
  it("is refused where nobody can answer", async () => {
    const { code, stderr } = await hawser(["init"], { cwd: await folder(), real: true }).ended;
    expect(code).toBe(2);
    expect(stderr).toContain("--yes");
  });

  it("asks on a terminal and writes what was answered", async () => {
    const directory = await folder();
    const run = hawser(["init"], { cwd: directory, real: true, terminal: true });
    for (const [question, answer] of [
      ["The application's name", "shop\r"],
      ["Its source", "git@github.com:acme/shop.git\r"],
      ["Where it runs", "\x1b[B\r"],
      ["Their addresses", "web1.dc web2.dc\r"],
      ["The user to log in as", "\r"],
      ["HAProxy's runtime socket", "/run/haproxy/admin.sock\r"],
      ["The backend", "shop\r"],
    ] as const) {
      await run.shown(question);
      run.child.stdin?.write(answer);
    }
    expect((await run.ended).code).toBe(0);
    const text = await readFile(join(directory, "hawser.yaml"), "utf8");
    for (const part of [
      '"git@github.com:acme/shop.git"',
      '- "web1.dc"',
      'user: "deploy"',
      'backend: "shop"',
    ]) {
      expect(text).toContain(part);
    }
    expect(await faultsOf(directory)).toEqual([]);
  });
});

describe("what init writes", () => {
  it.each([
    ["/home/x/My Shop", "my-shop"],
    ["/srv/...", "app"],
    ["/a/9lives", "9lives"],
  ])("for the folder %s names the application %s", (directory, name) => {
    expect(appNameOf(directory)).toBe(name);
  });

  it.each([
    ["https://example.org/a.git", "git"],
    ["git@example.org:a.git", "git"],
    ["../shop", "directory"],
  ])("for %s takes a source of kind %s", (text, kind) => {
    expect(Object.keys(sourceOf(text))).toEqual([kind]);
  });

  it("is read back as it was answered, whatever is in it", () => {
    const text = configText({ app: "a", source: { directory: 'x": #\n' }, instances: ["- {a: b}"] }, "/r");
    expect(text).toContain('path: "x\\": #\\n"');
    expect(text).toContain('- "- {a: b}"');
  });
});
