import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { Secret } from "../../src/contracts/secret.ts";
import type { CommandRequest } from "../../src/host/host-requests.ts";
import { releaseOf } from "./releases.ts";
import { context, killGroup, type LiveHost, liveHost, shells } from "./shells.ts";
import { folder, tree } from "./trees.ts";

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "it succeeded",
    (error: unknown) => error,
  );

/** A root with an installed release. */
const installed = async (path: string): Promise<{ root: string; live: LiveHost }> => {
  const root = join(folder(), "srv");
  const live = await liveHost(root, { path });
  const one = await releaseOf(tree({ "sub dir/a": "1" }), "000001");
  await live.host.stage(await one.full(), context());
  await live.host.seal({ epoch: 1, release: "000001" }, context());
  await live.host.activate({ epoch: 1, release: "000001" }, context());
  return { root, live };
};

const command = (key: string, script: string, changes: Partial<CommandRequest> = {}): CommandRequest => ({
  epoch: 1,
  key,
  name: key,
  script,
  directory: "current",
  env: {},
  timeoutMs: 20_000,
  ...changes,
});

const gather = () => {
  const chunks: Uint8Array[] = [];
  return {
    output: (chunk: Uint8Array) => void chunks.push(chunk),
    text: () => Buffer.concat(chunks).toString("latin1"),
  };
};

const until = async (true_: () => boolean): Promise<void> => {
  for (let tries = 0; !true_() && tries < 500; tries++) await pause(20);
  expect(true_()).toBe(true);
};

const lives = (pid: number): boolean => {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
};

describe.each(shells)("commands under $name", ({ path }) => {
  test("values and scripts of any bytes but NUL arrive as they are, and none stands in argv or stays behind", async () => {
    const { root, live } = await installed(path);
    await using _ = live;
    const all = Array.from({ length: 255 }, (_unused, n) => String.fromCharCode(n + 1)).join("");
    const value = `${all.replace(/[\x80-\xff]/g, "é")}\\0101 %41 \\`;
    const seen = gather();
    const script = `printf %s "$SECRET"; printf '|%s' "$PWD" '\\'; cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c '[h]unter' || :`;
    const ended = await live.host.command(
      command("bytes", script, {
        env: { SECRET: new Secret(`hunter ${value}`) },
        directory: "release:000001/sub dir",
      }),
      context({ output: seen.output }),
    );
    expect(ended.exit).toBe(0);
    const text = Buffer.from(`hunter ${value}`).toString("latin1");
    expect(seen.text()).toBe(`${text}|${root}/releases/000001/sub dir|\\0\n`);
    expect(
      execFileSync("sh", ["-c", 'grep -rl hunter "$1" || true', "sh", join(root, ".hawser")], {
        encoding: "utf8",
      }),
    ).toBe(join(root, ".hawser/commands/bytes/log\n"));
  });

  test("an ended command is answered from its record, once forgotten it runs again", async () => {
    const { root, live } = await installed(path);
    await using _ = live;
    const script = `echo run >>"${root}/shared/count"; echo said; exit 7`;
    expect(await live.host.command(command("run-1.a", script), context())).toMatchObject({
      exit: 7,
      attached: false,
    });
    const again = gather();
    expect(
      await live.host.command(command("run-1.a", script), context({ output: again.output })),
    ).toMatchObject({
      exit: 7,
      attached: true,
    });
    expect(again.text()).toBe("said\n");
    expect(readFileSync(join(root, "shared/count"), "utf8")).toBe("run\n");
    expect(await live.host.forget({ epoch: 1, prefix: "run-1." }, context())).toEqual({ removed: 1 });
    expect(await live.host.command(command("run-1.a", script), context())).toMatchObject({ attached: false });
  });

  test("a command outlives its session, and the next one attaches to it", async () => {
    const { root, live } = await installed(path);
    const begun = failure(
      live.host.command(
        command("long", `echo start; sleep 1.5; echo end; touch "${root}/shared/done"`),
        context(),
      ),
    );
    await until(() => existsSync(join(root, ".hawser/commands/long/pid")));
    killGroup(live.child, "SIGKILL");
    expect(await begun).toMatchObject({ code: "HWS_TRANSPORT_LOST" });
    await using next = await liveHost(root, { path });
    const seen = gather();
    const ended = await next.host.command(command("long", "echo another"), context({ output: seen.output }));
    expect(ended).toMatchObject({ exit: 0, attached: true });
    expect(seen.text()).toBe("start\nend\n");
    expect(existsSync(join(root, "shared/done"))).toBe(true);
  });

  test("at its limit the whole group is ended, also what ignores TERM", async () => {
    const { root, live } = await installed(path);
    await using _ = live;
    const script = `trap '' TERM; sh -c 'trap "" TERM; echo $$ >"${root}/shared/inner"; while :; do sleep 1; done' & echo $! >"${root}/shared/outer"; while :; do sleep 1; done`;
    const ended = await live.host.command(command("stuck", script, { timeoutMs: 300 }), context());
    expect(ended.timedOut).toBe(true);
    expect(ended.exit).toBeGreaterThan(128);
    const pids = ["inner", "outer"].map((name) => Number(readFileSync(join(root, "shared", name), "utf8")));
    expect(pids.map(lives)).toEqual([false, false]);
  }, 120_000);

  test("a command whose keeper was killed without a record is told as lost, and not run again", async () => {
    const { root, live } = await installed(path);
    await using _ = live;
    const begun = failure(
      live.host.command(command("lost", `echo run >>"${root}/shared/runs"; sleep 30`), context()),
    );
    await until(() => existsSync(join(root, "shared/runs")));
    const keeper = Number(readFileSync(join(root, ".hawser/commands/lost/pid"), "utf8").split(".")[0]);
    const children = execFileSync("ps", ["-o", "pid=", "--ppid", String(keeper)], { encoding: "utf8" })
      .trim()
      .split(/\s+/);
    process.kill(keeper, "SIGKILL");
    for (const child of children) process.kill(Number(child), "SIGKILL");
    expect(await begun).toMatchObject({ code: "HWS_HOST_COMMAND_LOST" });
    expect(await failure(live.host.command(command("lost", "true"), context()))).toMatchObject({
      code: "HWS_HOST_COMMAND_LOST",
    });
    expect(readFileSync(join(root, "shared/runs"), "utf8")).toBe("run\n");
  });

  test("a running command holds no lock, and a daemon it leaves does not hold it up", async () => {
    const { root, live } = await installed(path);
    await using other = await liveHost(root, { path });
    await using _ = live;
    const running = live.host.command(
      command("slow", `sleep 20 & echo $! >"${root}/shared/daemon"; sleep 1`),
      context(),
    );
    await until(() => existsSync(join(root, ".hawser/commands/slow/pid")));
    expect(await other.host.activate({ epoch: 1, release: "none" }, context())).toMatchObject({
      changed: true,
    });
    expect(await running).toMatchObject({ exit: 0 });
    const daemon = Number(readFileSync(join(root, "shared/daemon"), "utf8"));
    expect(lives(daemon)).toBe(true);
    process.kill(daemon);
  });

  test("output beyond the limit is cut and told", async () => {
    const { root, live } = await installed(path);
    await using _ = live;
    const seen = gather();
    const script = "i=0; while [ $i -lt 3000 ]; do echo 0123456789; i=$((i+1)); done";
    const ended = await live.host.command(
      command("loud", script, { outputLimitBytes: 1000 }),
      context({ output: seen.output }),
    );
    expect(ended).toMatchObject({ exit: 0, truncated: true });
    expect(seen.text().length).toBe(1000);
    expect(statSync(join(root, ".hawser/commands/loud/log")).size).toBe(1001);
    const again = await live.host.command(command("loud", script, { outputLimitBytes: 1000 }), context());
    expect(again).toMatchObject({ attached: true, truncated: true });
  });

  test("a log beyond the limit is cut while the command goes on writing", async () => {
    const { root, live } = await installed(path);
    await using _ = live;
    const log = `"${root}/.hawser/commands/endless/log"`;
    const script = `head -c 3000000 /dev/zero; until [ "$(wc -c <${log})" -le 1001 ]; do sleep 0.05; done; echo more`;
    const ended = await live.host.command(command("endless", script, { outputLimitBytes: 1000 }), context());
    expect(ended).toMatchObject({ exit: 0, truncated: true });
  });

  test("a directory outside the release and an unknown user are refused", async () => {
    const { root, live } = await installed(path);
    await using _ = live;
    for (const directory of [
      "release:000001/../..",
      "current/../x",
      "release:1",
      "/etc",
      "release:000001//etc",
    ]) {
      expect(await failure(live.host.command(command("x", "true", { directory }), context()))).toMatchObject({
        code: "HWS_HOST_REQUEST",
      });
    }
    for (const user of ["no-such-user-here", "-rf", "a b"]) {
      expect(await failure(live.host.command(command("x", "true", { user }), context()))).toMatchObject({
        code: "HWS_HOST_REQUEST",
      });
    }
    expect(readdirSync(join(root, ".hawser/commands"))).toEqual([]);
  });

  test("a command runs as the user that was asked for", async () => {
    const { live } = await installed(path);
    await using _ = live;
    const seen = gather();
    const ended = await live.host.command(
      command("as", "id -un; echo $WHO", { user: "nobody", env: { WHO: "x y" } }),
      context({ output: seen.output }),
    );
    expect([seen.text(), ended.exit]).toEqual(["nobody\nx y\n", 0]);
  });
});
