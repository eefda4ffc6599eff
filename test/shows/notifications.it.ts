import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createEngine, readConfigFile } from "@hawser/core";
import { freePort, type HookServer, startHookServer } from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { built } from "./built.ts";
import { ending, type HawserEnd } from "./hawser-process.ts";
import { type SmallProject, smallProject } from "./small-project.ts";

vi.setConfig({ testTimeout: 120_000 });

let project: SmallProject;
let hook: HookServer;
let ships = 0;

const secretPath = "/services/T0000/B0000/very-secret-path";
const webhook = (template: unknown, more: object = {}) => ({
  use: "@hawser/listener-webhook",
  with: { url: `${hook.origin}${secretPath}`, template, ...more },
});
const quiet = { use: "@hawser/installer-script", with: {} };
/** Well in the release that is in service, ill in the next. */
const illNext = (): object => ({
  use: "@hawser/installer-script",
  with: { check: { command: 'grep -q good "$HAWSER_ROOT/current/index.html"', timeoutMs: 500 } },
});

const commit = async (text = "good"): Promise<void> => {
  ships += 1;
  await project.git.commit({ files: { "index.html": `${text} ${ships}\n` } });
};

/** A deploy or rollback with these listeners. */
const run = async (
  listeners: readonly object[],
  installer: object,
  ...argv: string[]
): Promise<HawserEnd> => {
  const file = project.config("notified", { listeners, installer });
  return await project.hawser(...argv, "-c", file);
};

/** What the webhook was sent since a count. */
const bodies = (since: number): unknown[] => hook.requests.slice(since).map(({ body }) => JSON.parse(body));

beforeAll(async () => {
  await built();
  project = await smallProject();
  hook = await startHookServer();
  await commit();
  expect(ending(await run([], quiet, "deploy"))).toBe("0 done");
}, 300_000);
afterAll(async () => {
  await hook?.[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
});

describe("who listens for moments hears of", () => {
  it("a run that fails and is put back, with what to do, and no secret shows itself", async () => {
    const since = hook.requests.length;
    await commit("ill");
    const end = await run([webhook("slack"), webhook("teams"), webhook("json")], illNext(), "deploy");
    expect(end.result).toMatchObject({ outcome: "putBack", error: { code: "HWS_CHECK_FAILED" } });
    const [slack, teams, json] = await Promise.all(
      ["blocks", "attachments", "event"].map(async (key) =>
        bodies(since).find((body) => key in (body as object)),
      ),
    );
    expect(slack).toMatchObject({ text: expect.stringContaining("every instance is as before") });
    expect(JSON.stringify(slack)).toContain("hawser status");
    expect(teams).toMatchObject({
      type: "message",
      attachments: [{ contentType: "application/vnd.microsoft.card.adaptive" }],
    });
    expect(JSON.stringify(teams)).toContain("HWS_CHECK_FAILED");
    expect(json).toMatchObject({ moments: ["failed", "putBack"], event: { outcome: "putBack" } });
    expect(bodies(since)).toHaveLength(3);
    expect(end.stdout + end.stderr + JSON.stringify(bodies(since))).not.toContain("very-secret");
  });

  it("a run that is done, and a rollback", async () => {
    const since = hook.requests.length;
    const listeners = [{ ...webhook("json"), on: ["started", "rolledBack"] }];
    await commit();
    expect(ending(await run(listeners, quiet, "deploy"))).toBe("0 done");
    expect(ending(await run(listeners, quiet, "rollback"))).toBe("0 done");
    expect(bodies(since)).toMatchObject([
      { moments: ["started"], subject: { verb: "deploy" } },
      { moments: ["started"], subject: { verb: "rollback" } },
      { moments: ["done", "rolledBack"], subject: { verb: "rollback", environment: "" } },
    ]);
  });

  it("a deploy that waits for another for long: stuck, and then done", async () => {
    const since = hook.requests.length;
    const go = join(project.directory, "go");
    await commit();
    const slow = {
      ...quiet,
      with: { install: [`touch ${go}.begun; until [ -e ${go} ]; do sleep 0.1; done`] },
    };
    const first = run([], slow, "deploy");
    await vi.waitFor(() => expect(existsSync(`${go}.begun`)).toBe(true), { timeout: 60_000 });
    const listeners = [{ ...webhook("json"), on: ["stuck", "unchanged"] }];
    const file = join(project.directory, "config", project.config("waits", { listeners, installer: slow }));
    {
      await using engine = await createEngine(await readConfigFile(file), {
        file,
        baseDirectory: join(project.directory, "config"),
        cacheDirectory: join(project.directory, "cache/second"),
        stuckAfterMs: 500,
      });
      const second = engine.deploy({ waitMs: 60_000 });
      await hook.heard(since + 1);
      writeFileSync(go, "");
      expect((await second.result).outcome).toBe("unchanged");
    }
    expect(ending(await first)).toBe("0 done");
    expect(bodies(since)).toMatchObject([
      { moments: ["stuck"], event: { type: "waiting", what: expect.stringContaining("the lock, held by") } },
      { moments: ["unchanged"] },
    ]);
  });

  it("a command, which reads the event from its standard input", async () => {
    const notify = join(project.directory, "config/notify.sh");
    writeFileSync(
      notify,
      '#!/bin/sh\necho "$HAWSER_APPLICATION $HAWSER_MOMENTS $HAWSER_RELEASE" >>told\ncat >>events\n',
      {
        mode: 0o755,
      },
    );
    await commit();
    const listener = { use: "@hawser/listener-command", with: { argv: ["./notify.sh"] }, on: ["done"] };
    const end = await run([listener], quiet, "deploy");
    expect(ending(end)).toBe("0 done");
    const read = (name: string): string => readFileSync(join(project.directory, "config", name), "utf8");
    expect(read("told")).toBe(`shop done ${end.result?.release}\n`);
    expect(JSON.parse(read("events"))).toMatchObject({ event: { type: "result", ok: true } });
  });
});

describe("a run is the same, in outcome and order, whether listeners", () => {
  /** The course of a run, without what two instances at once may do in any order. */
  const course = ({ events }: HawserEnd): string[] =>
    events.flatMap((event) => {
      if (event.type === "step" || event.type === "wave")
        return [`${event.type} ${event.type === "step" ? event.step : event.wave} ${event.phase}`];
      return event.type === "result" ? [`result ${event.outcome} ${event.exitCode}`] : [];
    });
  let without: HawserEnd;
  beforeAll(async () => {
    await commit();
    without = await run([], quiet, "deploy");
  });
  const plugin = (name: string, create: string): string => {
    const folder = join(project.directory, "config/listeners");
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, `${name}.mjs`),
      `import { definePlugin } from "@hawser/core/plugin";
export default definePlugin({
  kind: "listener",
  name: "${name}",
  schema: { type: "object", properties: {}, additionalProperties: false },
  create: ${create},
});
`,
    );
    return `./listeners/${name}.mjs`;
  };
  const broken: Readonly<Record<string, () => Promise<object>>> = {
    "hang for ever": async () => ({ use: plugin("hangs", "() => ({ on: () => new Promise(() => {}) })") }),
    "hang when they are made": async () => ({ use: plugin("unmade", "() => new Promise(() => {})") }),
    "throw when they are made": async () => ({
      use: plugin("crashes", '() => { throw new Error("no such room"); }'),
    }),
    "throw at every event": async () => ({
      use: plugin("throws", '() => ({ on: () => { throw new Error("no line"); } })'),
    }),
    "are a command that kills itself": async () => ({
      use: "@hawser/listener-command",
      with: { run: "kill -9 $$" },
    }),
    "are a server that answers 500": async () => {
      const ill = await startHookServer();
      onTestFinished(() => ill[Symbol.asyncDispose]());
      ill.answer({ status: 500 });
      return { use: "@hawser/listener-webhook", with: { url: ill.origin, timeoutMs: 1_000 } };
    },
    "are at a dead URL": async () => ({
      use: "@hawser/listener-webhook",
      with: { url: `http://127.0.0.1:${await freePort("127.0.0.1")}`, timeoutMs: 1_000 },
    }),
  };

  it.each(Object.keys(broken))("are not there or %s, which is told once", async (what) => {
    const listener = await broken[what]?.();
    await commit();
    const every = ["start", "run", "step", "result"];
    const end = await run([{ ...listener, on: every }], quiet, "deploy");
    expect(end.result).toMatchObject({ ok: true, outcome: "done" });
    expect(course(end)).toEqual(course(without));
    const told = end.events.filter(
      (event) => event.type === "warning" && event.code === "HWS_LISTENER_FAILED",
    );
    // Behind the last word only standard error is left.
    const behind = end.stderr.split("\n").filter((line) => line.includes("listener listeners.0"));
    expect(told.length + behind.length, end.stderr).toBe(1);
  });

  it("are there or all of them break while it is put back", async () => {
    await commit("ill");
    const listeners = await Promise.all(Object.values(broken).map((make) => make()));
    const end = await run(listeners, illNext(), "deploy");
    expect(end.result).toMatchObject({
      outcome: "putBack",
      exitCode: 1,
      error: { code: "HWS_CHECK_FAILED" },
    });
  });
});
