import { once } from "node:events";
import { readFileSync, readlinkSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { boot, scriptFor } from "./boot.ts";
import { shells } from "./shells.ts";
import { storedEnvironment } from "./stored-environment.ts";
import { folder } from "./trees.ts";

describe.each(shells)("a machine that provisions itself under $name", ({ path }) => {
  test("comes up at the desired release: staged, linked, installed, activated, checked, and only then ready", async () => {
    const root = join(folder(), "srv/shop");
    const { desire, directory } = await storedEnvironment();
    await desire(
      "000001",
      { "index.php": "one", "a b/ü.txt": "odd" },
      {
        shared: ["var/log/"],
        env: { GREETING: "weaker than a command's own", FAREWELL: "bye" },
        install: [
          {
            name: "warm",
            run: 'printf "%s" "$GREETING" > made; echo "$FAREWELL" > bye; pwd > where',
            timeoutMs: 10_000,
            env: { GREETING: "it's 100%\n" },
          },
          { name: "worker", run: "touch worker", timeoutMs: 10_000, roles: ["worker"] },
          {
            name: "web",
            run: 'echo "$HAWSER_ROLE $HAWSER_RELEASE $HAWSER_REVISION" > web',
            timeoutMs: 10_000,
            roles: ["web", "cron"],
          },
        ],
        activate: [{ name: "start", run: "touch ../../started", timeoutMs: 10_000 }],
        once: { before: [{ name: "migrate", run: "touch ../../migrated", timeoutMs: 10_000 }], after: [] },
        check: { command: "test -f ../../started && test ! -e ../../joined", timeoutMs: 5_000, stableMs: 0 },
      },
    );
    const ready = ['echo "joined 100%" > ../../joined'];
    const end = await boot(scriptFor(root, directory, { ready }), { path });
    expect(end).toMatchObject({ status: 0 });
    expect(readlinkSync(join(root, "current"))).toBe("releases/000001");
    const release = join(root, "releases/000001");
    expect(readFileSync(join(release, "a b/ü.txt"), "utf8")).toBe("odd");
    expect(readFileSync(join(release, "made"), "utf8")).toBe("it's 100%\n");
    expect(readFileSync(join(release, "bye"), "utf8")).toBe("bye\n");
    expect(readFileSync(join(release, "where"), "utf8")).toBe(`${release}\n`);
    expect(readFileSync(join(release, "web"), "utf8")).toBe("web 000001 r000001\n");
    expect(readlinkSync(join(release, "var/log"))).toBe("../../../shared/var/log");
    expect(readFileSync(join(root, "joined"), "utf8")).toBe("joined 100%\n");
    expect(() => readFileSync(join(release, "worker"))).toThrow();
    expect(() => readFileSync(join(root, "migrated"))).toThrow();
    expect(end.log).toContain("ready: release 000001 (version 1)");
  });

  test("goes on where a command may fail, runs one as its own user, and hands paths over", async () => {
    const root = join(folder(), "srv/shop");
    const { desire, directory } = await storedEnvironment();
    await desire(
      "000001",
      { index: "one" },
      {
        user: "nobody",
        shared: ["a b/log/"],
        ownership: [{ path: "a b/log/", owner: "nobody", mode: "2750" }],
        install: [
          { name: "breaks", run: "exit 7", timeoutMs: 10_000, mayFail: true },
          { name: "late", run: "sleep 60", timeoutMs: 100, mayFail: true },
          { name: "nowhere", run: "true", timeoutMs: 10_000, cwd: "absent", mayFail: true },
          { name: "mine", run: "id -un >mine", timeoutMs: 10_000, user: null },
          { name: "other", run: 'id -un >"a b/log/other"', timeoutMs: 10_000 },
        ],
      },
    );
    const end = await boot(scriptFor(root, directory), { path });
    expect(end).toMatchObject({ status: 0 });
    for (const why of [
      "breaks ended with 7",
      "late did not end within 100 ms",
      "nowhere: there is no directory",
    ])
      expect(end.log).toContain(`warning: install ${why}`);
    expect(readFileSync(join(root, "current/mine"), "utf8")).not.toBe("nobody\n");
    expect(readFileSync(join(root, "shared/a b/log/other"), "utf8")).toBe("nobody\n");
    expect(statSync(join(root, "shared/a b/log")).mode & 0o7777).toBe(0o2750);
  }, 60_000);

  test("is ready only when the application answers as the desired release", async () => {
    let served = "none";
    const server = createServer((_, response) => response.end(`release ${served}`)).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const { desire, directory } = await storedEnvironment();
    await desire(
      "000001",
      { index: "one" },
      { check: { http: `http://127.0.0.1:${port}/`, release: true, timeoutMs: 200, stableMs: 0 } },
    );
    const script = scriptFor(join(folder(), "srv"), directory);
    for (const other of ["000002", "0000010", "1000001"]) {
      served = other;
      const end = await boot(script, { path });
      expect([end.status, end.log]).toEqual([1, expect.stringContaining("of another release than 000001")]);
    }
    served = "000001";
    expect(await boot(script, { path })).toMatchObject({ status: 0 });
  }, 60_000);
});
