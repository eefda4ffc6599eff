import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { HawserConfig } from "@hawser/core";
import { startLoad } from "@hawser/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { madeUp } from "./application.ts";
import { installerWith } from "./config.ts";
import { ending } from "./hawser-process.ts";
import { layForeignTree, sharedFiles, type Tool } from "./moving/foreign-tree.ts";
import { guideConfig, onServers } from "./moving/guide-config.ts";
import { realCapistrano } from "./moving/real-capistrano.ts";
import { scale } from "./scale.ts";
import { openStage, type Stage } from "./stage.ts";
import { until } from "./watching.ts";

let stage: Stage;
let base: HawserConfig;
beforeAll(async () => {
  stage = await openStage({
    instances: 2,
    application: (directory) => madeUp(directory, { versions: 1, files: 20 }),
    config: (config) => {
      base = config;
      return config;
    },
  });
}, 600_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

const revision = "1".repeat(40);

const fromOneRelease = ({ body }: { readonly body: string }): string | undefined => {
  const [one, two] = body.trim().split(" ");
  return one !== undefined && /^[0-9a-f]{40}$/.test(one) && one === two ? undefined : `mixed answer: ${body}`;
};

const emptied = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
};

/** As a tool that switches by one rename. */
const relink = async (folder: string, target: string): Promise<void> => {
  await symlink(target, join(folder, "next"));
  await rename(join(folder, "next"), join(folder, "current"));
};

const currents = (): string[] =>
  stage.fleet.instances.map(({ folder }) => readlinkSync(join(folder, "current")));
const releases = (folder: string): string[] => readdirSync(join(folder, "releases")).sort();

/** What the application finds at the shared paths, by way of a release. */
const sharedBy = (tool: Tool, folder: string, release: string): Record<string, string> =>
  Object.fromEntries(
    Object.keys(sharedFiles[tool]).map((path) => [
      path,
      readFileSync(join(folder, "releases", release, path), "utf8"),
    ]),
  );

const went = async (expected: string, ...argv: string[]): Promise<string> => {
  const end = await stage.hawser(...argv);
  expect(ending(end)).toMatch(new RegExp(`^${expected}`));
  return end.result?.release ?? "";
};

const configFor = async (tool: Tool): Promise<HawserConfig> =>
  onServers(await guideConfig(tool, stage.folder), base);

/** Lays out on every server what a tool left there, and waits until the load balancer sees all of them serve it. */
const served = async (tool: Tool) => {
  const { instances } = stage.fleet;
  await clear();
  const [left] = await Promise.all(instances.map((each) => layForeignTree(tool, each, revision)));
  await inService();
  return left!;
};

const clear = async (): Promise<void> => {
  await mkdir(stage.storage, { recursive: true });
  for (const folder of [stage.storage, ...stage.fleet.instances.map((each) => each.folder)])
    await emptied(folder);
};

const inService = () =>
  until("the servers of the other tool are in service", async () =>
    Object.values(await stage.balancer()).every((state) => state === "in"),
  );

const clients = () => startLoad({ url: `${stage.url}/__release?gap=2`, rate: 50, validate: fromOneRelease });

test.each<Tool>(["capistrano", "deployer", "ansistrano"])(
  "servers of %s are taken over, and put back when that fails, with what they share, and no request fails",
  async (tool) => {
    const { instances } = stage.fleet;
    const config = await configFor(tool);
    const left = await served(tool);
    const before = releases(instances[0]!.folder);
    await using load = clients();
    await load.flowing;
    await stage.configure(() => installerWith({ check: { command: "false", timeoutMs: 500 } })(config));
    await went("1 putBack", "deploy", "--ref", stage.refs[0]!);
    expect(currents()).toEqual(instances.map(() => left.current));

    await stage.configure(() => config);
    const first = await went("0 done", "deploy", "--ref", stage.refs[0]!);
    for (const { folder } of instances) {
      expect(releases(folder)).toEqual(expect.arrayContaining([...before, first]));
      expect(sharedBy(tool, folder, first)).toEqual(sharedFiles[tool]);
      expect(readFileSync(join(folder, "ran"), "utf8")).toContain("activate: ");
    }
    const { failed, errors, byRelease } = await load.stop();
    expect({ failed, errors }).toEqual({ failed: 0, errors: [] });
    expect(Object.keys(byRelease)).toEqual(expect.arrayContaining([before.at(-1), first]));
  },
);

test("servers go back to the other tool and are taken over again; its releases stay, and no rollback of Hawser's goes to them", async () => {
  const { instances } = stage.fleet;
  const one = stage.refs[0]!;
  const config = await configFor("capistrano");
  const left = await served("capistrano");
  const before = releases(instances[0]!.folder);
  await stage.configure(() => config);
  await using load = clients();
  await load.flowing;
  const first = await went("0 done", "deploy", "--ref", one);
  await went("1 .*HWS_ROLLBACK_NO_TARGET", "rollback");
  for (const { folder } of instances) await relink(folder, left.before);
  await went("3", "status");
  await went("0 done", "deploy", "--ref", one);
  expect(currents()).toEqual(instances.map(() => `releases/${first}`));
  expect(releases(instances[0]!.folder)).toEqual(expect.arrayContaining(before));
  const { failed, errors } = await load.stop();
  expect({ failed, errors }).toEqual({ failed: 0, errors: [] });
});

// The real Capistrano clones on each server, by Ruby: minutes of CPU in all.
test.runIf(scale.name === "whole")(
  "servers of a real Capistrano are taken over, deployed by it once more, and taken over again; no request fails",
  async () => {
    const config = await configFor("capistrano");
    await clear();
    await using capistrano = await realCapistrano(stage.fleet, stage.folder);
    await capistrano.deploy();
    await inService();
    await using load = clients();
    await load.flowing;
    await capistrano.deploy();
    const foreign = currents();
    for (const current of foreign) expect(current).toMatch(/\/releases\/\d{14}$/);
    await stage.configure(() => installerWith({ check: { command: "false", timeoutMs: 500 } })(config));
    await went("1 putBack", "deploy", "--ref", stage.refs[0]!);
    expect(currents()).toEqual(foreign);
    await stage.configure(() => config);
    const first = await went("0 done", "deploy", "--ref", stage.refs[0]!);
    await capistrano.deploy();
    for (const current of currents()) expect(current).toMatch(/\/releases\/\d{14}$/);
    await went("3", "status");
    expect(await went("0 done", "deploy", "--ref", stage.refs[0]!)).toBe(first);
    const { failed, errors } = await load.stop();
    expect({ failed, errors }).toEqual({ failed: 0, errors: [] });
  },
  600_000,
);
