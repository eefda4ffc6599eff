// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written so
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { HawserError, loadConfig, readConfigFile, type Secret } from "../../src/index.ts";
import { blocks, minimal, project } from "./project.ts";

const withOption = (option: string) =>
  minimal.replace("storage.js, with: { directory: /srv/store }", () => `storage.js, with: { ${option} }`);

describe("the problems of a config", () => {
  it("names a mistyped option by its path and line, and the one that was meant", async () => {
    const { problems } = project({
      "hawser.yaml": `${minimal}environments:
  production:
    storage:
      with:
        directroy: /srv/x
`,
    });
    expect(await problems("hawser.yaml")).toEqual([
      {
        code: "HWS_CONFIG_UNKNOWN_OPTION",
        message: "there is no option directroy",
        hint: "did you mean directory?",
        path: "environments.production.storage.with.directroy",
        where: "environments.production.storage.with.directroy (hawser.yaml:11)",
        severity: "error",
        file: expect.stringMatching(/hawser\.yaml$/),
        line: 11,
      },
    ]);
  });

  it("lists what is known where nothing near was meant", async () => {
    const { problems } = project({ "hawser.yaml": withOption("zebra: 1") });
    expect((await problems("hawser.yaml"))[0]?.hint).toMatch(/^known here: directory, fast, /);
  });

  it("says which type is needed and which was found", async () => {
    const { problems } = project({ "hawser.yaml": withOption("directory: [a], port: many, fast: 1") });
    expect((await problems("hawser.yaml")).map(({ path, message }) => [path, message])).toEqual([
      ["storage.with.directory", "must be a text, is a list"],
      ["storage.with.port", "must be a whole number, is a text"],
      ["storage.with.fast", "must be true or false, is a number"],
    ]);
  });

  it("speaks of the form that was meant where several are possible", async () => {
    const { problems } = project({
      "hawser.yaml": withOption("list: [ls, { runs: ls }, 7]"),
    });
    expect((await problems("hawser.yaml")).map(({ path, message }) => [path, message])).toEqual([
      ["storage.with.list[1].run", "the option run is missing"],
      ["storage.with.list[1].runs", "there is no option runs"],
      ["storage.with.list[2]", "must be a text or a map, is a number"],
    ]);
  });

  it("tells all problems of all blocks at once", async () => {
    const { problems } = project({
      "hawser.yaml": `app: Shop!
root: relative
keep: 0
colour: red
source: { use: ./plugins/none.js }
storage: { use: ./plugins/storage.js, with: { mode: onr } }
transport: { use: ./plugins/source.js }
installer: { use: "@acme/none" }
rollout: { waves: ["50%", "20%"], maxUnavailable: "0%", drain: sometimes }
environments: { live: { stroage: {} } }
`,
    });
    const found = await problems("hawser.yaml");
    expect(found.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
      "HWS_CONFIG_MISSING_OPTION inventory",
      "HWS_CONFIG_RULE app",
      "HWS_CONFIG_RULE keep",
      "HWS_CONFIG_RULE rollout.maxUnavailable",
      "HWS_CONFIG_RULE rollout.waves[1]",
      "HWS_CONFIG_RULE rollout.waves[1]",
      "HWS_CONFIG_RULE root",
      "HWS_CONFIG_UNKNOWN_OPTION colour",
      "HWS_CONFIG_UNKNOWN_OPTION environments.live.stroage",
      "HWS_CONFIG_WRONG_VALUE rollout.drain",
      "HWS_CONFIG_WRONG_VALUE storage.with.mode",
      "HWS_PLUGIN_NOT_FOUND installer.use",
      "HWS_PLUGIN_NOT_FOUND source.use",
      "HWS_PLUGIN_WRONG_KIND transport.use",
    ]);
    const hintOf = (path: string) => found.find((problem) => problem.path === path)?.hint;
    expect(hintOf("installer.use")).toContain("`npm i @acme/none`");
    expect(hintOf("transport.use")).toContain("it fits the slot source");
    expect(hintOf("storage.with.mode")).toBe("did you mean one?");
  });

  it("sees mistyped names in environments that were not chosen", async () => {
    const { problems } = project({
      "hawser.yaml": `${minimal}environments: { a: {}, b: { inventroy: {} } }\n`,
    });
    expect(await problems("hawser.yaml", { environment: "a" })).toMatchObject([
      { path: "environments.b.inventroy", hint: "did you mean inventory?" },
    ]);
  });

  it("says an empty block is empty", async () => {
    const { problems } = project({ "hawser.yaml": minimal.replace("{ use: ./plugins/source.js }", "") });
    expect(await problems("hawser.yaml")).toMatchObject([
      { path: "source", message: "must be a map, is empty" },
    ]);
  });

  it("refuses keys that change what an object is, and adds nothing to any object", async () => {
    const { problems } = project({
      "hawser.yaml": `${minimal}__proto__: { polluted: true }\nrollout: { constructor: 1, prototype: 2 }\n`,
      "hawser.json": '{"app":"x","__proto__":{"polluted":true}}',
    });
    const found = await problems("hawser.yaml");
    expect(found.filter(({ code }) => code === "HWS_CONFIG_KEY_REFUSED").map(({ path }) => path)).toEqual([
      "__proto__",
      "rollout.constructor",
      "rollout.prototype",
    ]);
    expect((await problems("hawser.json")).map(({ code }) => code)).toContain("HWS_CONFIG_KEY_REFUSED");
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it("refuses what is not data: functions, instances, endless depth", async () => {
    const { directory } = project();
    const loop: Record<string, unknown> = {};
    loop.loop = loop;
    const config = { app: () => "x", root: new Date(0), keep: Number.NaN, rollout: loop };
    const error = await loadConfig({ config, baseDirectory: directory }).catch((reason: unknown) => reason);
    const codes = HawserError.is(error) ? (error.details.problems as { code: string; path: string }[]) : [];
    expect(
      codes.filter(({ code }) => code === "HWS_CONFIG_NOT_DATA").map(({ path }) => path.slice(0, 7)),
    ).toEqual(["app", "root", "keep", "rollout"]);
  });

  it("warns of a load balancer for a role that no instance has, and goes on", async () => {
    const { load, directory, write } = project();
    const { inspectConfig } = await import("../../src/index.ts");
    const file = write(
      "hawser.yaml",
      `${minimal.replace("inventory.js }", "inventory.js, with: { list: [{ run: x, roles: [worker] }] } }")}loadBalancer: { use: ./plugins/loadBalancer.js, roles: [wroker] }\n`,
    );
    expect((await load("hawser.yaml")).loadBalancers.default?.roles).toEqual(["wroker"]);
    const { problems } = await inspectConfig({
      config: await readConfigFile(file),
      baseDirectory: directory,
    });
    expect(problems).toMatchObject([{ severity: "warning", path: "loadBalancer.roles" }]);
  });
});

describe("reading a file", () => {
  const read = (name: string, text: string) => {
    const { directory } = project();
    writeFileSync(join(directory, name), text);
    return readConfigFile(join(directory, name));
  };

  it("tells the line of a syntax error in YAML", async () => {
    await expect(read("hawser.yaml", "app: shop\nsource: { use: x\nkeep: 3\n")).rejects.toMatchObject({
      code: "HWS_CONFIG_SYNTAX",
      message: expect.stringMatching(/hawser\.yaml:[234]: /),
    });
  });

  it("refuses a key that stands twice, in YAML and in JSON", async () => {
    await expect(read("a.yaml", "app: shop\nkeep: 1\nkeep: 2\n")).rejects.toMatchObject({
      code: "HWS_CONFIG_SYNTAX",
      message: expect.stringContaining("a.yaml:3:"),
    });
    await expect(read("a.json", '{\n"app": "a",\n"app": "b"\n}')).rejects.toMatchObject({
      code: "HWS_CONFIG_SYNTAX",
      message: expect.stringContaining("a.json:3:"),
    });
  });

  it("refuses aliases that expand without end", async () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < 9; level += 1) {
      lines.push(
        `a${level}: &a${level} [${Array(9)
          .fill(`*a${level - 1}`)
          .join(", ")}]`,
      );
    }
    await expect(read("bomb.yaml", lines.join("\n"))).rejects.toMatchObject({ code: "HWS_CONFIG_SYNTAX" });
  });

  it("refuses endless nesting, tags, a second document and files of another kind", async () => {
    await expect(read("deep.yaml", `a: ${"[".repeat(100_000)}`)).rejects.toMatchObject({
      code: "HWS_CONFIG_SYNTAX",
    });
    await expect(read("tag.yaml", "app: !run ls\n")).rejects.toMatchObject({ code: "HWS_CONFIG_SYNTAX" });
    await expect(read("two.yaml", "app: a\n---\napp: b\n")).rejects.toMatchObject({
      code: "HWS_CONFIG_SYNTAX",
    });
    await expect(read("hawser.toml", "app = 1")).rejects.toMatchObject({ code: "HWS_CONFIG_FORMAT" });
    await expect(read("hawser.config.ts", "export default {}")).rejects.toMatchObject({
      code: "HWS_CONFIG_LOADER",
    });
  });

  it("does not quote the text of broken JSON, which may hold a secret", async () => {
    const error: unknown = await read("a.json", '{"token": "canary-secret-1", oops}').catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ code: "HWS_CONFIG_SYNTAX", message: expect.stringContaining("a.json:1") });
    expect(inspect(error, { depth: 9 })).not.toContain("canary");
  });

  it("says which file is missing", async () => {
    await expect(readConfigFile("/nowhere/hawser.yaml")).rejects.toMatchObject({
      code: "HWS_CONFIG_NOT_FOUND",
      message: expect.stringContaining("/nowhere/hawser.yaml"),
    });
  });
});

describe("references", () => {
  it("makes secrets of `${env:…}` and `${file:…}` and plain values of `${var:…}`", async () => {
    vi.stubEnv("HWS_TEST_TOKEN", "canary-env");
    vi.stubEnv("HWS_TEST_PORT", "8080");
    const { load } = project({
      "token.txt": "canary-file\n",
      "hawser.yaml": withOption(
        'token: "a-${env:HWS_TEST_TOKEN}-b", headers: { x: "${file:./token.txt}" }, directory: "${var:HWS_TEST_NONE:-/srv/${x}}", port: "${var:HWS_TEST_PORT}", fast: "${var:HWS_TEST_NONE:-true}"',
      ),
    });
    const options = (await load("hawser.yaml")).storage.options as Record<string, unknown>;
    expect((options.token as Secret).reveal()).toBe("a-canary-env-b");
    expect((options.headers as Record<string, Secret>).x?.reveal()).toBe("canary-file");
    expect(options.port).toBe(8080);
    expect(options.fast).toBe(true);
    expect(JSON.stringify(options)).not.toContain("canary");
    vi.unstubAllEnvs();
  });

  it("leaves the shell's own expansions alone, and `$${env:X}` as that text", async () => {
    const { load } = project({
      "hawser.yaml": withOption("directory: '${HOME} ${var:-x} ${file:-y} $(ls) $${env:NAME}'"),
    });
    expect((await load("hawser.yaml")).storage.options).toEqual({
      directory: "${HOME} ${var:-x} ${file:-y} $(ls) ${env:NAME}",
    });
  });

  it("tells every reference that leads nowhere, and nothing else of that value", async () => {
    const { problems } = project({
      "hawser.yaml": withOption(
        'token: "${env:HWS_TEST_NONE}", mode: "${var:HWS_TEST_NONE}", key: "${file:./none}"',
      ),
    });
    expect((await problems("hawser.yaml")).map(({ code, path }) => `${code} ${path}`)).toEqual([
      "HWS_CONFIG_REFERENCE storage.with.token",
      "HWS_CONFIG_REFERENCE storage.with.mode",
      "HWS_CONFIG_REFERENCE storage.with.key",
    ]);
  });

  it("refuses a secret where the value may be stored or shown", async () => {
    vi.stubEnv("HWS_TEST_TOKEN", "canary-env");
    const { problems } = project({
      "hawser.yaml": `${withOption('directory: "${env:HWS_TEST_TOKEN}"')}root: "\${env:HWS_TEST_TOKEN}"\n`,
    });
    const found = await problems("hawser.yaml");
    expect(found.map(({ code, path }) => `${code} ${path}`)).toContain(
      "HWS_CONFIG_SECRET_MISPLACED storage.with.directory",
    );
    expect(found.map(({ path }) => path)).toContain("root");
    expect(JSON.stringify(found)).not.toContain("canary");
    vi.unstubAllEnvs();
  });

  it("never prints a secret in an error, whatever is wrong with it", async () => {
    vi.stubEnv("HWS_TEST_TOKEN", "canary-env");
    const { load } = project({
      "hawser.yaml": `app: shop\n${blocks.replace(
        "source.js }",
        'source.js, with: { token: "${env:HWS_TEST_TOKEN}", mode: "${env:HWS_TEST_TOKEN}", port: "${env:HWS_TEST_TOKEN}", key: canary-plain, list: ["${env:HWS_TEST_TOKEN}"] } }',
      )}`,
    });
    const error: unknown = await load("hawser.yaml").catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "HWS_CONFIG_INVALID" });
    const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error);
    expect(shown).not.toContain("canary-env");
    vi.unstubAllEnvs();
  });
});
