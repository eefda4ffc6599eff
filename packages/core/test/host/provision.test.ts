import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
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
        install: [
          {
            name: "warm",
            run: 'printf "%s" "$GREETING" > made; pwd > where',
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
    expect(readFileSync(join(release, "where"), "utf8")).toBe(`${release}\n`);
    expect(readFileSync(join(release, "web"), "utf8")).toBe("web 000001 r000001\n");
    expect(readlinkSync(join(release, "var/log"))).toBe("../../../shared/var/log");
    expect(readFileSync(join(root, "joined"), "utf8")).toBe("joined 100%\n");
    expect(() => readFileSync(join(release, "worker"))).toThrow();
    expect(() => readFileSync(join(root, "migrated"))).toThrow();
    expect(end.log).toContain("ready: release 000001 (version 1)");
  });
});
