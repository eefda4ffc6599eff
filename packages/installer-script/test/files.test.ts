import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { pluginContext } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import scriptInstaller, { type FileOptions, type ScriptInstallerOptions } from "../src/index.ts";
import { folder, run, shells, withPrograms } from "./shells.ts";

const planWith = async (options: ScriptInstallerOptions) =>
  (await scriptInstaller.create(options, pluginContext())).plan({ roles: [] });

/** The command that a file becomes. */
const writer = async (file: FileOptions) => {
  const names = file.variables ?? (file.secret === undefined ? [] : [file.secret]);
  const secrets = Object.fromEntries(names.map((name) => [name, "x"]));
  const [command] = (await planWith({ files: [file], secrets, user: "shop" })).install;
  if (command === undefined) throw new Error("the file became no command");
  return command;
};

/** Writes a file into a release's folder by its command, with the values of its secrets. */
const write = async (
  file: FileOptions,
  secrets: Readonly<Record<string, string>>,
  place: { readonly path: string; readonly cwd: string },
) => {
  const command = await writer(file);
  const values = Object.fromEntries(
    Object.entries(secrets).map(([name, value]) => [`HAWSER_SECRET_${name}`, value]),
  );
  const facts = { HAWSER_ROOT: "/srv/shop", HAWSER_RELEASE: "000001" };
  return run(command.run, { ...place, env: { ...command.env, ...values, ...facts } });
};

const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);
const every = Object.entries(shells);

describe.each(every)("a file of secrets, in %s", (_, path) => {
  it("has the secret's bytes and nothing else, for its owner alone", async () => {
    const cwd = folder();
    const value = " $(id) `id` \\n \"double\" 'single' $HOME %s \n\n\tend";
    expect(await write({ path: "config/app.env", secret: "FILE" }, { FILE: value }, { path, cwd })).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
    expect(readFileSync(join(cwd, "config/app.env"), "utf8")).toBe(value);
    expect(modeOf(join(cwd, "config/app.env"))).toBe("600");
    expect(modeOf(join(cwd, "config"))).toBe("755");
    expect(readdirSync(join(cwd, "config"))).toEqual(["app.env"]);
  });

  it("has the mode and the group that it was given", async () => {
    const cwd = folder();
    const group = execFileSync("id", ["-gn"], { encoding: "utf8" }).trim();
    await write({ path: ".env", secret: "FILE", mode: "0640", group }, { FILE: "x" }, { path, cwd });
    expect(modeOf(join(cwd, ".env"))).toBe("640");
  });

  it("belongs to its owner when it is written as one who may give it", async () => {
    const root = folder();
    const cwd = join(root, "releases/000001");
    mkdirSync(cwd, { recursive: true });
    const owner = process.getuid?.() === 0 ? "daemon" : userInfo().username;
    const command = await writer({ path: "a/.env", secret: "FILE", owner, mode: "0400" });
    const facts = { HAWSER_ROOT: root, HAWSER_RELEASE: "000001", HAWSER_SECRET_FILE: "x" };
    const done = run(command.run, { path, cwd, env: { ...command.env, ...facts } });
    expect(done).toEqual({ status: 0, stdout: "", stderr: "" });
    const wanted = Number(execFileSync("id", ["-u", owner], { encoding: "utf8" }));
    expect([statSync(join(cwd, "a/.env")).uid, modeOf(join(cwd, "a/.env"))]).toEqual([wanted, "400"]);
  });

  it("gets its owner by sudo where the user is not root, and no program hears the value", async () => {
    const cwd = folder();
    const log = join(cwd, "called");
    const tools = withPrograms(path, {
      id: '[ "$1" = -u ] && echo 1000 || echo deploy',
      sudo: `echo "sudo $*" >>'${log}'`,
    });
    const done = await write(
      { path: "a/.env", variables: ["KEY"], owner: "shop" },
      { KEY: "canary-value" },
      { path: tools, cwd },
    );
    expect(done).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(readFileSync(log, "utf8")).toBe("sudo -n chown -hR shop /srv/shop/releases/000001/a/.env\n");
  });

  it("that cannot be given to its owner is not there at all, and says so", async () => {
    const cwd = folder();
    const tools = withPrograms(path, { id: '[ "$1" = -u ] && echo 1000 || echo deploy', sudo: "exit 1" });
    const done = await write(
      { path: ".env", secret: "FILE", owner: "shop" },
      { FILE: "x" },
      { path: tools, cwd },
    );
    expect(done).toMatchObject({ status: 1, stderr: ".env: it cannot be given to shop\n" });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("is replaced whole when it is written again, also where a link or a leftover stands", async () => {
    const cwd = folder();
    const outside = join(folder(), "outside");
    writeFileSync(outside, "untouched");
    symlinkSync(outside, join(cwd, ".env"));
    symlinkSync(outside, join(cwd, "..env.hawser-part"));
    for (const value of ["first", "second"]) {
      await write({ path: ".env", secret: "FILE" }, { FILE: value }, { path, cwd });
      expect(readFileSync(join(cwd, ".env"), "utf8")).toBe(value);
    }
    expect(readFileSync(outside, "utf8")).toBe("untouched");
    expect(readdirSync(cwd)).toEqual([".env"]);
  });

  it("never goes through a link of the release, nor into a folder in its place", async () => {
    const cwd = folder();
    const outside = folder();
    symlinkSync(outside, join(cwd, "config"));
    mkdirSync(join(cwd, "taken"));
    const through = await write({ path: "config/.env", secret: "FILE" }, { FILE: "x" }, { path, cwd });
    expect(through).toMatchObject({
      status: 1,
      stderr: "config/.env: a part of its path is a link: ./config\n",
    });
    const into = await write({ path: "taken", secret: "FILE" }, { FILE: "x" }, { path, cwd });
    expect(into).toMatchObject({ status: 1, stderr: "taken: a folder stands in its place\n" });
    expect([...readdirSync(outside), ...readdirSync(join(cwd, "taken"))]).toEqual([]);
  });

  it("of variables is read back by sh and by a dotenv parser, byte by byte", async () => {
    const cwd = folder();
    // Every byte but NUL; a single quote beside what sh expands is of sh alone.
    const all = Array.from({ length: 255 }, (_value, index) => String.fromCharCode(index + 1)).join("");
    const values: Record<string, string> = {
      PLAIN: "mysql://shop:p4ss@db.internal/shop?charset=utf8",
      SPACES: " two  words # no comment ",
      DOUBLE: 'say "hi"',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: what a shell would expand
      DOLLAR: "pa$$word ${HOME} $(id) `id`",
      BACKSLASH: "a\\n\\\\ \\",
      SINGLE: "it's",
      LINES: "-----BEGIN KEY-----\nabc\n-----END KEY-----\n",
      MIXED: `it's "5 $" \\ \`id\``,
      ALL: all.replace("'", ""),
      EVERY: all,
    };
    const file = { path: ".env", variables: Object.keys(values) };
    expect(await write(file, values, { path, cwd })).toEqual({ status: 0, stdout: "", stderr: "" });
    const names = Object.keys(values);
    const shown = names.map((name) => `printf '%s\\001%s\\001' ${name} "$${name}."`).join("; ");
    const read = run(`. ./.env; ${shown}`, { path, cwd }).stdout;
    for (const name of names.filter((each) => !["ALL", "EVERY"].includes(each)))
      expect(read).toContain(`${name}\u0001${values[name]}.\u0001`);
    for (const name of ["ALL", "EVERY"])
      expect(
        run(`. ./.env; printf %s "$${name}" | cmp - "$WANTED" && echo same`, {
          path,
          cwd,
          env: { WANTED: wanted(cwd, values[name] ?? "") },
        }).stdout,
      ).toBe("same\n");
    const parsed = parseEnv(readFileSync(join(cwd, ".env"), "utf8"));
    for (const name of ["PLAIN", "SPACES", "DOUBLE", "DOLLAR", "BACKSLASH", "SINGLE", "LINES"])
      expect(parsed[name]).toBe(values[name]);
  });

  it("is left out whole when the disk takes no more of it", async () => {
    const cwd = folder();
    mkdirSync(join(cwd, "full"));
    const command = await writer({ path: "full/.env", secret: "FILE" });
    const limited = run(`ulimit -f 1; trap '' XFSZ; ${command.run}`, {
      path,
      cwd,
      env: { ...command.env, HAWSER_SECRET_FILE: "x".repeat(100_000) },
    });
    expect(limited.status).not.toBe(0);
    expect(existsSync(join(cwd, "full/.env"))).toBe(false);
  });
});

const wanted = (cwd: string, value: string): string => {
  const file = join(cwd, `wanted-${value.length}`);
  writeFileSync(file, value);
  chmodSync(file, 0o600);
  return file;
};

describe("files of secrets", () => {
  const secrets = { FILE: "x", DATABASE_URL: "y" };

  it("are written first of all, as the transport's user, each by a command that says who asked for it", async () => {
    const { install } = await planWith({
      user: "shop",
      install: ["warm"],
      files: [
        { path: ".env.local", secret: "FILE" },
        { path: "config/db.env", variables: ["DATABASE_URL"] },
      ],
      secrets,
    });
    expect(install.map(({ name, user, origin }) => [name, user, origin])).toEqual([
      ["file-.env.local", null, "installer.with.files.0"],
      ["file-config-db.env", null, "installer.with.files.1"],
      ["install-1", "shop", "installer.with.install.0"],
    ]);
  });

  it("have what they write in their environment, and the values nowhere", async () => {
    const plan = await planWith({ files: [{ path: "it's $(odd)", secret: "FILE" }], secrets });
    expect(plan.install[0]?.env).toEqual({ HAWSER_FILE: "it's $(odd)", HAWSER_FILE_MODE: "0600" });
    expect(plan.install[0]?.run).not.toContain("odd");
    expect(plan.secrets).toEqual(["DATABASE_URL", "FILE"]);
  });

  it.each<[string, FileOptions, Partial<ScriptInstallerOptions>]>([
    ["HWS_INSTALLER_FILE_INVALID", { path: ".env" }, {}],
    ["HWS_INSTALLER_FILE_INVALID", { path: ".env", secret: "FILE", variables: ["FILE"] }, {}],
    ["HWS_INSTALLER_PATH_INVALID", { path: "../.env", secret: "FILE" }, {}],
    ["HWS_INSTALLER_PATH_INVALID", { path: "config/", secret: "FILE" }, {}],
    ["HWS_INSTALLER_FILE_SHARED", { path: "config/.env", secret: "FILE" }, { shared: ["config/"] }],
    ["HWS_INSTALLER_SECRET_UNKNOWN", { path: ".env", secret: "OTHER" }, {}],
    ["HWS_INSTALLER_SECRET_UNKNOWN", { path: ".env", variables: ["FILE", "OTHER"] }, {}],
  ])("are refused with %s: %j", async (code, file, more) => {
    await expect(planWith({ files: [file], secrets, ...more })).rejects.toMatchObject({ code });
  });
});
