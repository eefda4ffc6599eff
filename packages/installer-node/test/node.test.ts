import type { InstallPlan } from "@hawser/core/plugin";
import { pluginContext } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import nodeInstaller, { type NodeOptions, type PackageManager } from "../src/index.ts";

const planOf = async (options: NodeOptions): Promise<InstallPlan> =>
  (await nodeInstaller.create(options, pluginContext())).plan({ roles: ["web"] });

const texts = (commands: InstallPlan["prepare"]): Record<string, string> =>
  Object.fromEntries(commands.map(({ name, run }) => [name, run]));

describe("on the deployer", () => {
  it("installs everything by the lock file, builds where there is a build, and takes development dependencies away", async () => {
    const { prepare, env } = await planOf({});
    expect(Object.keys(texts(prepare))).toEqual(["dependencies", "build", "prune", "runtime"]);
    expect(texts(prepare)).toMatchObject({
      dependencies: "npm ci --include=dev --no-audit --no-fund",
      build: "npm run build --if-present",
      prune: "npm prune --omit=dev --ignore-scripts --no-audit --no-fund",
    });
    expect(env).toEqual({ NODE_ENV: "production" });
  });

  it("installs no development dependency when nothing is built", async () => {
    const { prepare } = await planOf({ build: false });
    expect(Object.keys(texts(prepare))).toEqual(["dependencies", "runtime"]);
    expect(texts(prepare).dependencies).toContain("--omit=dev");
  });

  it.each<[PackageManager, string]>([
    ["npm", "npm run build:all"],
    ["pnpm", "pnpm run build:all"],
    ["yarn", "yarn run build:all"],
    ["yarn-classic", "yarn run build:all"],
  ])("runs a build that is named by %s, whether it is there or not", async (manager, run) => {
    expect(texts((await planOf({ manager, build: "build:all" })).prepare).build).toBe(run);
  });

  it.each<PackageManager>(["npm", "pnpm", "yarn", "yarn-classic"])(
    "never lets %s change the lock file, with a build or without",
    async (manager) => {
      for (const options of [{ manager }, { manager, build: false } as const]) {
        const { dependencies } = texts((await planOf(options)).prepare);
        expect(dependencies).toMatch(/ ci |--frozen-lockfile|--immutable/);
      }
    },
  );

  it("gives npm's settings to what reaches registries, and to nothing else", async () => {
    const { prepare } = await planOf({ npmrc: "/etc/deploy/npmrc" });
    const given = prepare.filter(({ env }) => env?.npm_config_userconfig === "/etc/deploy/npmrc");
    expect(given.map(({ name }) => name)).toEqual(["dependencies", "prune"]);
  });
});

describe("on instances", () => {
  it("restarts the service after the switch, and reloads one that says how", async () => {
    const { activate, leave } = await planOf({ service: { restart: "again", reload: "gently" } });
    expect([texts(activate), leave]).toEqual([{ restart: "gently" }, []]);
    expect(texts((await planOf({ service: { restart: "again" } })).activate)).toEqual({ restart: "again" });
    expect((await planOf({})).activate).toEqual([]);
  });

  it("stops first where it is asked to, and a stop that fails stops no release", async () => {
    const { activate, leave } = await planOf({
      service: { restart: "again", reload: "gently", stop: "away" },
      stopFirst: true,
    });
    expect(leave).toMatchObject([{ name: "stop", run: "away", mayFail: true }]);
    expect(texts(activate)).toEqual({ restart: "again" });
  });

  it("asks the application itself which release answers", async () => {
    const { check } = await planOf({ probe: "http://127.0.0.1:3000/release" });
    expect(check).toMatchObject({ http: "http://127.0.0.1:3000/release", release: true });
    expect((await planOf({})).check).toBeUndefined();
  });
});
