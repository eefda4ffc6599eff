import { execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyPlan } from "@hawser/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import type { InstallPlan } from "../../src/contracts/installer.ts";
import { userProblems, userQuestions } from "../../src/fleet/users.ts";
import { hostBoot } from "../../src/host/boot.ts";
import { Host } from "../../src/host/host.ts";
import { hostProgram } from "../../src/host/program.ts";
import { openSession } from "../../src/host/session.ts";
import { application, environment, releaseOf } from "./releases.ts";
import { channelOf, context, shells } from "./shells.ts";
import { folder, tree } from "./trees.ts";

/** Who deploys: a user that every machine has, and who may nothing. */
const me = "daemon";
const idOf = (user: string, what: "-u" | "-g"): string =>
  execFileSync("id", [what, user], { encoding: "utf8" }).trim();

/** A session of that user, on a machine whose sudo knows these lines and no others. */
const sessionWith = async (root: string, path: string, rules: readonly string[]): Promise<Host> => {
  const file = join(folder(), "sudoers");
  writeFileSync(file, [...rules, ""].join("\n"), { mode: 0o440 });
  execFileSync("visudo", ["-c", "-f", file]);
  const mounted =
    'mount --bind "$1" /etc/sudoers && exec setpriv --reuid "$2" --regid "$3" --clear-groups sh -c "$4"';
  const argv = ["-m", "sh", "-c", mounted, "sh", file, idOf(me, "-u"), idOf(me, "-g"), hostBoot];
  const child = spawn("unshare", argv, {
    env: { PATH: path, HOME: tmpdir() },
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  const instance = { id: "i-1", address: "localhost", roles: ["web"], lifecycle: "inService" } as const;
  const session = await openSession(
    channelOf(child),
    { instance, program: hostProgram(), root, keep: true },
    context(),
  );
  onTestFinished(() => session[Symbol.asyncDispose]());
  return new Host(session);
};

const plan: InstallPlan = {
  ...emptyPlan,
  user: "nobody",
  shared: ["var/log/", "a b,c"],
  writable: ["var/cache"],
  ownership: [
    { path: "var/log/", owner: "nobody", mode: "2750" },
    { path: "a b,c", owner: "nobody" },
    { path: "var/cache", owner: "nobody", mode: "2755" },
  ],
  activate: [{ name: "reload", run: "true", timeoutMs: 1000 }],
};

describe.each(shells.slice(0, 2))("a session that is not root, under $name", ({ path }) => {
  const opened = async () => {
    const root = join(folder(), "srv");
    mkdirSync(root);
    chmodSync(root, 0o755);
    chownSync(root, Number(idOf(me, "-u")), Number(idOf(me, "-g")));
    const users = userQuestions(plan, ["web"]);
    const problems = async (host: Host) =>
      userProblems({ survey: await host.survey({ application, environment, users }, context()), root });
    return { root, problems };
  };

  test("is refused what sudo does not allow, and the lines that are printed allow all that the plan asks", async () => {
    const { root, problems } = await opened();
    const found = await problems(await sessionWith(root, path, []));
    expect(found.map(({ code, message }) => [code, message])).toEqual([
      ["HWS_FLEET_USER", `${me} may not become nobody`],
      ["HWS_FLEET_USER", `${me} may not give paths to nobody`],
    ]);
    const rules = found.map(({ hint = "" }) => hint.slice(hint.indexOf(`${me} ALL=`)));
    const host = await sessionWith(root, path, rules);
    expect(await problems(host)).toEqual([]);

    const release = await releaseOf(tree({ index: "1", "var/cache/.gitkeep": "" }), "000001");
    await host.stage(await release.full(), context());
    const { shared, writable, generated, ownership } = plan;
    const link = { epoch: 1, release: "000001", shared, writable, generated, ownership };
    await host.link(link, context());
    await host.link(link, context());
    const nobody = Number(idOf("nobody", "-u"));
    for (const at of ["shared/var/log", "shared/a b,c", "releases/000001/var/cache"])
      expect(statSync(join(root, at)).uid).toBe(nobody);
    const command = (key: string, script: string, timeoutMs = 20_000) =>
      host.command(
        { epoch: 1, key, name: key, script, directory: "release:000001", user: "nobody", env: {}, timeoutMs },
        context(),
      );
    expect(await command("warm", "mkdir -p var/cache/deep && id -un >var/cache/deep/who")).toMatchObject({
      exit: 0,
    });
    // Also what it starts can be ended by who is not that user.
    expect(await command("stuck", "trap '' TERM; sleep 76543 & sleep 76542", 300)).toMatchObject({
      timedOut: true,
    });
    expect(execFileSync("sh", ["-c", "pgrep -f '[s]leep 7654' || :"], { encoding: "utf8" })).toBe("");
    await host.seal({ epoch: 1, release: "000001" }, context());
    expect(readFileSync(join(root, "releases/000001/var/cache/deep/who"), "utf8")).toBe("nobody\n");

    // Whose directories they are alone may empty them: the next release is made anew, and the old one goes whole.
    const next = await releaseOf(tree({ index: "2", "var/cache/.gitkeep": "" }), "000002", release);
    await expect(host.stage(await next.delta(release, "recycle"), context())).rejects.toMatchObject({
      code: "HWS_HOST_BASE_CHANGED",
    });
    await host.stage(await next.full(), context());
    await host.seal({ epoch: 1, release: "000002" }, context());
    await host.activate({ epoch: 1, release: "000002" }, context());
    expect(await host.prune({ epoch: 1, keep: [] }, context())).toEqual({ removed: ["000001"] });
    expect(readdirSync(join(root, "releases"))).toEqual(["000002"]);
    expect(readdirSync(join(root, ".hawser/trash"))).toEqual([]);
  }, 60_000);
});
