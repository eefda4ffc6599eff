import type { Installer } from "@hawser/core/plugin";
import { operationContext, pluginContext } from "@hawser/testkit";
import { describe, expect, it, vi } from "vitest";
import scriptInstaller, { type ScriptInstallerOptions } from "../src/index.ts";

const create = async (options: ScriptInstallerOptions): Promise<Installer> =>
  scriptInstaller.create(options, pluginContext());
const plan = async (options: ScriptInstallerOptions) => (await create(options)).plan({ roles: ["web"] });

describe("commands", () => {
  it("are named by phase and position where they have no name", async () => {
    const made = await plan({ install: ["a", { name: "own", run: "b" }, "c"], once: { after: ["d"] } });
    expect(made.install.map(({ name }) => name)).toEqual(["install-1", "own", "install-3"]);
    expect(made.once.after.map(({ name }) => name)).toEqual(["once-after-1"]);
  });

  it("run ten minutes at most where they have no limit, and as the installer's user where they have none", async () => {
    const { install, prepare } = await plan({
      user: "deploy",
      prepare: ["x"],
      install: ["a", { run: "b", user: "root", timeoutMs: 5 }],
    });
    expect(install).toEqual([
      {
        name: "install-1",
        run: "a",
        timeoutMs: 600_000,
        user: "deploy",
        origin: "installer.with.install.0",
      },
      { name: "install-2", run: "b", timeoutMs: 5, user: "root", origin: "installer.with.install.1" },
    ]);
    expect(prepare[0]).not.toHaveProperty("user");
  });

  it("stand in every phase, each with its place in the config", async () => {
    const made = await plan({
      leave: ["stop"],
      once: { before: ["a", { run: "migrate", needed: "is-old", lock: "db", maintenance: true }] },
      maintenance: { on: ["away"], off: [{ run: "back", mayFail: true }] },
    });
    expect(made.leave).toMatchObject([{ name: "leave-1", origin: "installer.with.leave.0" }]);
    expect(made.once.before[1]).toEqual({
      name: "once-before-2",
      run: "migrate",
      needed: "is-old",
      lock: "db",
      maintenance: true,
      timeoutMs: 600_000,
      origin: "installer.with.once.before.1",
    });
    expect(made.maintenance).toMatchObject({
      on: [{ name: "maintenance-on-1", run: "away" }],
      off: [{ name: "maintenance-off-1", mayFail: true, origin: "installer.with.maintenance.off.0" }],
    });
  });

  it.each([
    { maintenance: {}, lacks: /turn it on or turn it off$/ },
    { maintenance: { on: ["away"] }, lacks: /said to turn it off$/ },
  ])("that want maintenance are refused where nothing says how: $lacks", async ({ maintenance, lacks }) => {
    const once = { before: [{ name: "migrate", run: "migrate", maintenance: true }] };
    await expect(create({ once, maintenance })).rejects.toMatchObject({
      code: "HWS_INSTALLER_MAINTENANCE_NONE",
      message: expect.stringMatching(lacks),
    });
  });

  it("keep their text as it is", async () => {
    const run = "echo \"$HOME\" '$X' $(id) > 'a b'";
    expect((await plan({ install: [run] })).install[0]?.run).toBe(run);
  });

  it("cannot have the same name twice in a phase, also by position", async () => {
    const repeated = { install: ["a", { name: "install-1", run: "b" }] };
    await expect(create(repeated)).rejects.toMatchObject({ code: "HWS_INSTALLER_NAME_REPEATED" });
    await expect(
      create({ ...repeated, install: [], activate: ["a"], rollback: ["a"] }),
    ).resolves.toBeDefined();
  });
});

describe("paths", () => {
  it.each(["/etc", "../x", "a/../b", "a//b", "./a", "", "a\nb", "."])(
    "outside the release are refused: %j",
    async (path) => {
      for (const options of [{ shared: [path] }, { writable: [path] }, { generated: [path] }]) {
        await expect(create(options)).rejects.toMatchObject({ code: "HWS_INSTALLER_PATH_INVALID" });
      }
      await expect(create({ install: [{ run: "x", cwd: path }] })).rejects.toMatchObject({
        code: "HWS_INSTALLER_PATH_INVALID",
      });
    },
  );

  it("cannot be shared one inside the other", async () => {
    await expect(create({ shared: ["var", "var/log"] })).rejects.toMatchObject({
      code: "HWS_INSTALLER_PATH_OVERLAP",
    });
    expect((await plan({ shared: ["var/log", "var/log-old", "a b"] })).shared).toEqual([
      "var/log",
      "var/log-old",
      "a b",
    ]);
  });
});

describe("owner, group, mode and consent", () => {
  it("stand in the plan for the paths that ask for any", async () => {
    const log = { path: "var/log/", owner: "shop", group: "web", mode: "2775", adopt: false };
    const cache = { path: "var/cache", mode: "0770" };
    const made = await plan({ shared: ["media", log], writable: [cache, "tmp", { path: "run" }] });
    expect(made.shared).toEqual(["media", "var/log/"]);
    expect(made.writable).toEqual(["var/cache", "tmp", "run"]);
    expect(made.ownership).toEqual([log, cache]);
  });

  it("are of shared paths alone where those are writable too: a link is no part of the release", async () => {
    for (const writable of ["var/log", "var/log/app"])
      await expect(create({ shared: ["var/log/"], writable: [writable] })).rejects.toMatchObject({
        code: "HWS_INSTALLER_PATH_SHARED",
      });
    await expect(create({ shared: ["var/log"], writable: ["var"] })).resolves.toBeDefined();
  });
});

describe("the health check", () => {
  it("waits a minute for one success by default", async () => {
    expect((await plan({ check: { command: "true" } })).check).toEqual({
      command: "true",
      timeoutMs: 60_000,
      stableMs: 0,
    });
  });

  it("may ask that the answer names the release", async () => {
    const http = "http://127.0.0.1/release";
    expect((await plan({ check: { http, release: true } })).check).toMatchObject({ http, release: true });
    await expect(create({ check: { command: "true", release: true } })).rejects.toMatchObject({
      code: "HWS_INSTALLER_CHECK_INVALID",
    });
  });

  it("looks by HTTP or by a command, one of the two", async () => {
    const both = { check: { http: "http://127.0.0.1/", command: "true" } };
    await expect(create(both)).rejects.toMatchObject({ code: "HWS_INSTALLER_CHECK_INVALID" });
    await expect(create({ check: {} })).rejects.toMatchObject({ code: "HWS_INSTALLER_CHECK_INVALID" });
  });
});

describe("secrets", () => {
  it("given as names come from the deployer's environment", async () => {
    vi.stubEnv("HWS_TEST_KEY", "from-environment");
    const installer = await create({ secrets: ["HWS_TEST_KEY"] });
    expect(installer.plan({ roles: [] }).secrets).toEqual(["HWS_TEST_KEY"]);
    expect(installer.secrets?.().HWS_TEST_KEY?.reveal()).toBe("from-environment");
    vi.unstubAllEnvs();
  });

  it("that are not set are found by the check, and fail when they are asked for", async () => {
    const installer = await create({ secrets: ["HWS_TEST_NOT_SET"] });
    expect(await installer.check?.(operationContext())).toMatchObject([
      { code: "HWS_INSTALLER_SECRET_MISSING", severity: "error" },
    ]);
    expect(() => installer.secrets?.()).toThrow(
      expect.objectContaining({ code: "HWS_INSTALLER_SECRET_MISSING" }),
    );
  });

  it("that a command reads must be named", async () => {
    const run = 'login "$HAWSER_SECRET_APP_KEY"';
    await expect(create({ activate: [run] })).rejects.toMatchObject({ code: "HWS_INSTALLER_SECRET_UNKNOWN" });
    await expect(create({ activate: [run], secrets: { APP_KEY: "x" } })).resolves.toBeDefined();
    for (const unnamed of [
      { leave: [run] },
      { once: { before: [{ run: "x", needed: run }] } },
      { maintenance: { on: [run] } },
      { check: { command: run } },
    ])
      await expect(create(unnamed)).rejects.toMatchObject({ code: "HWS_INSTALLER_SECRET_UNKNOWN" });
  });
});
