import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { ended, ending, openProject, type Project } from "./fixtures/project.ts";

const command = (name: string, run: string) => ({ name, run, timeoutMs: 20_000 });

/** A project whose two instances run the first release and have another to come. */
const inService = async (options: Parameters<typeof openProject>[0]): Promise<Project> => {
  const project = await openProject(options);
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  project.source.add({ "index.html": "two" }, { label: "v2" });
  return project;
};

const members = async ({ balancer, inventory }: Project): Promise<string[]> => {
  const instances = await inventory.list({ signal: new AbortController().signal } as never);
  return (await balancer.states({ instances })).map(({ state }) => state);
};

it("leaves everything untouched when an install fails, and says where, what and what to do", async () => {
  const install = command(
    "warm",
    'case "$HAWSER_INSTANCE$HAWSER_RELEASE" in web2000002) echo no cache here; exit 7;; esac',
  );
  const project = await inService({ plan: { install: [install] } });
  const { events, result } = await ended(project.engine.deploy());
  expect(result).toMatchObject({
    ok: false,
    exitCode: 1,
    outcome: "untouched",
    run: "000002",
    release: "000002",
    from: "000001",
    desired: "000001",
    error: {
      code: "HWS_COMMAND_FAILED",
      instance: "web2",
      step: "install",
      message: expect.stringContaining("warm"),
      hint: expect.stringContaining("hawser logs"),
      output: expect.stringContaining("no cache here"),
    },
    instances: [
      { id: "web1", release: "000001", state: "ready" },
      { id: "web2", release: "000001", state: "failed", error: { code: "HWS_COMMAND_FAILED" } },
    ],
    next: ["hawser status", "hawser logs 000002", "hawser report 000002"],
  });
  expect(events.some(({ type }) => type === "wave")).toBe(false);
  expect(events.at(-1)).toEqual({ ...result, time: expect.any(Number) });
  expect(project.current()).toEqual(["000001", "000001"]);
  const logged = [];
  for await (const entry of project.engine.logs({ run: "000002", instance: "web2" })) logged.push(entry);
  expect(logged).toMatchObject([{ step: "install", command: "warm", text: "no cache here\n" }]);
});

it("puts the first wave back when a check fails in the second", async () => {
  const check = {
    command: 'echo "no cache\nof $HAWSER_RELEASE"; test "$HAWSER_INSTANCE$HAWSER_RELEASE" != web2000002',
    timeoutMs: 100,
    stableMs: 0,
  };
  const project = await inService({ plan: { check }, config: { rollout: { waves: [1, "100%"] } } });
  const { events, result } = await ended(project.engine.deploy());
  expect(result).toMatchObject({
    exitCode: 1,
    outcome: "putBack",
    desired: "000001",
    error: { code: "HWS_CHECK_FAILED", instance: "web2", step: "check", output: "no cache\nof 000002" },
    instances: [
      { id: "web1", release: "000001", state: "putBack", loadBalancer: "in" },
      { id: "web2", release: "000001", state: "putBack", loadBalancer: "in" },
    ],
  });
  const waves = events.flatMap((event) => (event.type === "wave" ? [`${event.wave} ${event.phase}`] : []));
  expect(waves).toEqual(["1 started", "1 done", "2 started", "2 failed"]);
  const logged = [];
  for await (const { instance, step, text } of project.engine.logs({ step: "check" }))
    logged.push(`${instance} ${step}: ${text}`);
  expect(logged).toEqual(["web2 check: no cache\nof 000002\n"]);
  expect(project.current()).toEqual(["000001", "000001"]);
  expect(await members(project)).toEqual(["in", "in"]);
  expect(ending(await project.engine.deploy({ ref: "v1" }).result)).toBe("0 unchanged");
});

/** A run that stands in the first of two waves until `go`. */
const standing = async (request: { readonly signal?: AbortSignal } = {}) => {
  const hold = command(
    "hold",
    'if [ "$HAWSER_RELEASE" = 000002 ]; then : >"$HAWSER_ROOT/held"; until [ -e "$HAWSER_ROOT/go" ]; do sleep 0.05; done; fi',
  );
  const project = await inService({
    plan: { activate: [hold] },
    config: { rollout: { waves: [1, "100%"] } },
  });
  const run = project.engine.deploy(request);
  while (!existsSync(join(project.root("web1"), "held"))) await sleep(20);
  expect(project.current()).toEqual(["000002", "000001"]);
  const go = () => {
    for (const id of ["web1", "web2"]) writeFileSync(join(project.root(id), "go"), "");
  };
  return { project, run, go };
};

it("a cancelled run begins no further instance, puts back what it switched, and ends with 130", async () => {
  const { project, run, go } = await standing();
  run.cancel();
  go();
  expect(ending(await run.result)).toBe("130 putBack HWS_RUN_CANCELLED");
  expect(project.current()).toEqual(["000001", "000001"]);
  expect(await members(project)).toEqual(["in", "in"]);
});

it("a signal cancels as `cancel` does", async () => {
  const caller = new AbortController();
  const { project, run, go } = await standing({ signal: caller.signal });
  caller.abort();
  go();
  expect(ending(await run.result)).toBe("130 putBack HWS_RUN_CANCELLED");
  expect(project.current()).toEqual(["000001", "000001"]);
});

it("a signal that was aborted before starts nothing", async () => {
  const { engine, current } = await openProject({ instances: 1 });
  const { result } = engine.deploy({ signal: AbortSignal.abort() });
  expect(ending(await result)).toBe("130 interrupted HWS_RUN_STOPPED");
  expect(current()).toEqual([null]);
});

it("a second cancel stops where it is, frees the lock and leaves an open run, which resume ends", async () => {
  const { project, run, go } = await standing();
  run.cancel();
  run.cancel();
  const result = await run.result;
  expect(ending(result)).toBe("130 interrupted HWS_RUN_STOPPED");
  expect(result.next).toEqual(expect.arrayContaining(["hawser deploy --resume", "hawser deploy --abandon"]));
  go();
  const resumed = await project.engine.deploy({ resume: true }).result;
  expect(ending(resumed)).toBe("0 done");
  expect(resumed.run).toBe(result.run);
  expect(project.current()).toEqual(["000002", "000002"]);
  expect(ending(await project.engine.deploy({ resume: true }).result)).toBe("2 untouched HWS_RUN_NONE_OPEN");
});
