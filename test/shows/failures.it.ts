import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HawserConfig } from "@hawser/core";
import { startLoad } from "@hawser/testkit";
import { expect, test, vi } from "vitest";
import { installerWith } from "./config.ts";
import { ending } from "./hawser-process.ts";
import { openStage, type Stage } from "./stage.ts";

vi.setConfig({ testTimeout: 600_000 });

/** A stage whose four instances run the first version. */
const openInService = async (config: (config: HawserConfig) => HawserConfig): Promise<Stage> => {
  const stage = await openStage({ config });
  try {
    expect(ending(await stage.hawser("deploy", "--ref", "v1"))).toBe("0 done");
    return stage;
  } catch (error) {
    await stage[Symbol.asyncDispose]();
    throw error;
  }
};

/** Puts a file into an instance's shared folder, where the commands of these tests look for it. */
const put = async (stage: Stage, id: string, name: string, text = ""): Promise<string> => {
  const folder = join(stage.fleet.instances.find((each) => each.id === id)!.folder, "shared");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

const everywhere = (stage: Stage): (string | null)[] =>
  stage.fleet.instances.map(({ id }) => stage.current(id));

test("an install command that fails on one of four instances leaves all of them as they were", async () => {
  await using stage = await openInService(
    installerWith({
      install: [
        { name: "warm-up", run: 'test ! -e "$HAWSER_ROOT/shared/broken" || { echo no cache here; exit 7; }' },
      ],
    }),
  );
  await put(stage, "web3", "broken");
  const end = await stage.hawser("deploy", "--ref", "v2");
  expect(end).toMatchObject({ exitCode: 1, result: { outcome: "untouched", desired: "000001" } });
  expect(end.result?.error).toMatchObject({ code: "HWS_COMMAND_FAILED", instance: "web3", step: "install" });
  expect(end.result?.error?.message).toContain("warm-up");
  expect(end.result?.error?.output).toContain("no cache here");
  expect(end.stderr).toContain("web3");
  expect(end.events.some(({ type }) => type === "wave")).toBe(false);
  expect(everywhere(stage)).toEqual(["000001", "000001", "000001", "000001"]);
  expect(await stage.invariants()).toEqual([]);
});

test("a health check that fails in the second wave puts the first one back, and nobody outside notices", async () => {
  // The instance is unwell only with the new release.
  const command =
    'curl -fsS http://127.0.0.1/health && test "$HAWSER_RELEASE" != "$(cat "$HAWSER_ROOT/shared/unwell" 2>/dev/null)"';
  await using stage = await openInService((config) => ({
    ...installerWith({ check: { command, timeoutMs: 3_000 } })(config),
    rollout: { waves: [1, "50%", "100%"] },
  }));
  await stage.haproxy.command(`set server ${stage.haproxy.backend}/web4 state maint`);
  await put(stage, "web2", "unwell", "000002");
  await using load = startLoad({ url: `${stage.url}/__release`, rate: 50 });
  await load.flowing;
  const end = await stage.hawser("deploy", "--ref", "v2");
  const traffic = await load.stop();
  expect(end).toMatchObject({ exitCode: 1, result: { outcome: "putBack", desired: "000001" } });
  expect(end.result?.error).toMatchObject({ code: "HWS_CHECK_FAILED", instance: "web2", step: "check" });
  const waves = end.events.flatMap((event) =>
    event.type === "wave" ? [`${event.wave} ${event.phase}`] : [],
  );
  expect(waves).toEqual(["1 started", "1 done", "2 started", "2 failed"]);
  expect(traffic).toMatchObject({ failed: 0, errors: [] });
  expect(Object.keys(traffic.byRelease)).toEqual(["000001", "000002"]);
  expect(await stage.invariants({ release: "000001", balancer: { web4: "out" } })).toEqual([]);
});

test("an instance that does not answer ends the run before anything is changed", async () => {
  await using stage = await openInService((config) => config);
  await stage.fleet.stopInstance("web4");
  const end = await stage.hawser("deploy", "--ref", "v2");
  expect(end).toMatchObject({ exitCode: 1, result: { outcome: "untouched", desired: "000001" } });
  expect(end.stderr).toMatch(/web4/);
  expect(end.stderr).toMatch(/rollout\.unreachable/);
  expect(everywhere(stage)).toEqual(["000001", "000001", "000001", "000001"]);
  expect(await stage.invariants({ without: ["web4"] })).toEqual([]);
});

test("with `unreachable: skip` the others get the release, and the silent one is out until a run reaches it", async () => {
  await using stage = await openInService((config) => ({ ...config, rollout: { unreachable: "skip" } }));
  await stage.fleet.stopInstance("web4");
  const end = await stage.hawser("deploy", "--ref", "v2");
  expect(ending(end)).toMatch(/^0 done/);
  expect(end.result?.instances.find(({ id }) => id === "web4")).toMatchObject({ state: "unreachable" });
  expect(end.result?.warnings.some(({ instance }) => instance === "web4")).toBe(true);
  expect(await stage.invariants({ without: ["web4"], balancer: { web4: "out" } })).toEqual([]);
  // It comes back with the old release: HAProxy must not send anybody there by itself.
  await stage.fleet.startInstance("web4");
  await stage.serve("web4");
  expect(stage.current("web4")).toBe("000001");
  expect((await stage.balancer()).web4).toBe("out");
  const next = await stage.hawser("deploy", "--ref", "v3");
  expect(ending(next)).toBe("0 done");
  expect(await stage.invariants()).toEqual([]);
});

test("an instance that leaves the inventory during the run is no failure", async () => {
  await using stage = await openInService((config) => ({
    ...config,
    rollout: { waves: [1, "50%", "100%"] },
  }));
  const run = stage.start("deploy", "--ref", "v2");
  await run.event((event) => event.type === "wave" && event.phase === "started");
  await stage.list(stage.fleet.instances.filter(({ id }) => id !== "web4"));
  await stage.fleet.stopInstance("web4");
  const end = await run.ended;
  expect(ending(end)).toBe("0 done");
  expect(end.result?.instances.find(({ id }) => id === "web4")).toMatchObject({ state: "gone" });
  expect(await stage.invariants({ without: ["web4"], balancer: { web4: "out" } })).toEqual([]);
});
