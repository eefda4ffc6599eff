import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configFolder } from "./config-folder.ts";
import { eventsOf, folder, hawser } from "./process.ts";

const at = (cwd: string, ...argv: string[]) => hawser(argv, { cwd, real: true }).ended;
const lastOf = (stdout: string): Record<string, unknown> =>
  eventsOf(stdout).at(-1) as Record<string, unknown>;

describe("validate", () => {
  it("ends with 0 for a config without problems", async () => {
    const { code, stdout } = await at(await configFolder(), "validate");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "+ no problem found\n" });
  });

  it("tells every problem at once with its path and line, and ends with 2", async () => {
    const directory = await configFolder("kep: 3\nrollout: { drain: sometimes }\n");
    const { code, stdout } = await at(directory, "validate");
    expect(code).toBe(2);
    expect(stdout).toMatch(/kep.*hawser\.yaml:7/);
    expect(stdout).toContain("did you mean keep?");
    expect(stdout).toMatch(/rollout\.drain.*hawser\.yaml:8/);
  });

  it("gives the problems to a program too", async () => {
    const { stdout } = await at(await configFolder("kep: 3\n"), "validate", "--json");
    expect(lastOf(stdout)).toMatchObject({
      exitCode: 2,
      problems: [{ path: "kep", line: 7, severity: "error" }],
    });
  });
});

describe("a config that is not valid", () => {
  it("ends every verb with 2, all problems, and nothing on standard output", async () => {
    const directory = await configFolder("kep: 3\nrot: /x\n");
    const { code, stdout, stderr } = await at(directory, "deploy");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("kep");
    expect(stderr).toContain("rot");
  });

  it("ends with a result of the usual shape with --json", async () => {
    const { stdout } = await at(await configFolder("kep: 3\n"), "deploy", "--json");
    expect(lastOf(stdout)).toMatchObject({
      type: "result",
      ok: false,
      exitCode: 2,
      error: { code: "HWS_CONFIG_INVALID" },
    });
  });

  it("is one that is not there", async () => {
    const { code, stderr } = await at(await folder(), "status");
    expect(code).toBe(2);
    expect(stderr).toContain("HWS_CONFIG_NOT_FOUND");
  });
});

describe("the environment", () => {
  const two = "environments: { staging: {}, production: { keep: 9 } }\n";

  it("has to be said when there are several, with the list", async () => {
    const { code, stderr } = await at(await configFolder(two), "config");
    expect(code).toBe(2);
    expect(stderr).toContain("staging");
    expect(stderr).toContain("production");
  });

  it("is the one asked for", async () => {
    const { stdout } = await at(await configFolder(two), "config", "-e", "production", "--json");
    expect(lastOf(stdout)).toMatchObject({ environment: "production", config: { keep: { instances: 9 } } });
  });

  it("that does not exist is a misuse", async () => {
    const { code, stderr } = await at(await configFolder(two), "config", "-e", "prodution");
    expect(code).toBe(2);
    expect(stderr).toContain("did you mean production?");
  });
});

describe("config", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of the config
  const secret = 'environments: { production: { source: { with: { token: "${env:SHOP_TOKEN}" } } } }\n';

  it("says where each value comes from and never shows a secret", async () => {
    const directory = await configFolder(secret);
    const env = { SHOP_TOKEN: "hunter2-hunter2" };
    for (const options of [["--origin"], [], ["--json"]]) {
      const { code, stdout, stderr } = await hawser(["config", ...options], {
        cwd: directory,
        env,
        real: true,
      }).ended;
      expect(code).toBe(0);
      expect(stdout + stderr).not.toContain("hunter2");
    }
    const { stdout } = await hawser(["config", "--origin"], { cwd: directory, env, real: true }).ended;
    expect(stdout).toMatch(/^source\.with\.token +\S+ +hawser\.yaml:7 \(environments\.production\)$/m);
    expect(stdout).toMatch(/^root +\/srv\/shop +default$/m);
  });
});

describe("schema", () => {
  it("is a JSON schema that knows the options of the plugins in use", async () => {
    const { code, stdout } = await at(await configFolder(), "schema");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ type: "object", properties: { app: {} } });
    expect(stdout).toContain("own-source");
  });
});

describe("plugin check", () => {
  it("ends with 0 for a plugin that can be used", async () => {
    expect((await at(await configFolder(), "plugin", "check", "./source.mjs")).code).toBe(0);
  });

  it("ends with 1 and says what is wrong with one that cannot", async () => {
    const directory = await configFolder();
    await writeFile(
      join(directory, "odd.mjs"),
      "export default { apiVersion: 1, kind: 'sauce', name: 'odd' };\n",
    );
    const { code, stdout } = await at(directory, "plugin", "check", "./odd.mjs");
    expect(code).toBe(1);
    expect(stdout).toContain("HWS_PLUGIN_KIND");
    expect(stdout).toContain("HWS_PLUGIN_CREATE");
  });
});

describe("a config in TypeScript", () => {
  it("is read as it is, with its plugins", async () => {
    const directory = await configFolder();
    await rm(join(directory, "hawser.yaml"));
    await writeFile(
      join(directory, "hawser.config.ts"),
      `import source from "./source.mjs";
const block = (kind: string): { use: string } => ({ use: \`./\${kind}.mjs\` });
export default {
  app: "typed" as const,
  source: { use: source },
  storage: block("storage"), transport: block("transport"), installer: block("installer"), inventory: block("inventory"),
};
`,
    );
    const { stdout, stderr } = await at(directory, "config", "--json");
    expect(stderr).toBe("");
    expect(lastOf(stdout)).toMatchObject({ ok: true, application: "typed" });
  });
});
