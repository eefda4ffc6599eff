import { lstatSync, readFileSync, readlinkSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { application, environment, releaseOf } from "./releases.ts";
import { context, liveHost, shells } from "./shells.ts";
import { folder, tree } from "./trees.ts";

describe.each(shells)("a release's life under $name", ({ path }) => {
  test("a release is staged whole, installed, activated, patched by recycling and pruned", async () => {
    const root = join(folder(), "srv");
    await using live = await liveHost(root, { path });
    const { host } = live;
    const first = await host.survey({ application, environment }, context());
    expect(first).toMatchObject({
      rootState: "present",
      owner: null,
      current: { kind: "none" },
      releases: [],
      problems: [],
    });

    const one = await releaseOf(
      tree({ "index.php": "one", "lib/a.php": "a", "lib/b.php": "b", "bin/run": "#!/bin/sh\n" }),
      "000001",
    );
    const staged = await host.stage(await one.full(), context());
    expect(staged).toEqual({ already: false, state: "staged", method: "full", written: 4, removed: 0 });
    expect(readFileSync(join(root, "releases/000001/index.php"), "utf8")).toBe("one");
    expect(lstatSync(join(root, "releases/000001/index.php")).mtimeMs).toBe(1_700_000_001_000);
    expect(await host.stage(await one.full(), context())).toMatchObject({ already: true });

    await host.link(
      { epoch: 1, release: "000001", shared: ["var/log/", "config.ini"], writable: ["cache"], generated: [] },
      context(),
    );
    const output: Buffer[] = [];
    const ended = await host.command(
      {
        epoch: 1,
        key: "run-1.install.0",
        name: "warm",
        script: 'printf "%s\\n" "$GREETING"; pwd; echo made > cache/made; exit 3',
        directory: "release:000001",
        env: { GREETING: 'it\'s "50%" \\n `x`\nline two' },
        timeoutMs: 10_000,
      },
      context({ output: (chunk) => output.push(Buffer.from(chunk)) }),
    );
    expect(ended).toMatchObject({ exit: 3, timedOut: false, attached: false, truncated: false });
    expect(Buffer.concat(output).toString()).toBe(
      `it's "50%" \\n \`x\`\nline two\n${root}/releases/000001\n`,
    );
    expect((await host.seal({ epoch: 1, release: "000001" }, context())).changed).toBeGreaterThan(0);
    expect(await host.activate({ epoch: 1, release: "000001" }, context())).toEqual({
      changed: true,
      previous: null,
    });
    expect(await host.activate({ epoch: 1, release: "000001" }, context())).toEqual({
      changed: false,
      previous: null,
    });
    expect(readlinkSync(join(root, "current"))).toBe("releases/000001");
    expect((await host.verify({ release: "000001" }, context())).differing).toEqual([]);

    const two = await releaseOf(
      tree({ "index.php": "two", "lib/a.php": "a", "new/c.php": "c", "bin/run": "#!/bin/sh\n" }),
      "000002",
      one,
    );
    expect(await host.stage(await two.delta(one, "clone"), context())).toMatchObject({ method: "clone" });
    await host.seal({ epoch: 1, release: "000002" }, context());
    await host.activate({ epoch: 1, release: "000002" }, context());
    const three = await releaseOf(tree({ "index.php": "three", "lib/a.php": "a" }), "000003", two);
    await host.stage(await three.full(), context());
    await host.seal({ epoch: 1, release: "000003" }, context());
    await host.activate({ epoch: 1, release: "000003" }, context());

    const outside = folder();
    writeFileSync(join(outside, "kept"), "kept");
    symlinkSync(outside, join(root, "releases/000001/planted"));
    writeFileSync(join(root, "releases/000001/lib/b.php"), "B");
    utimesSync(join(root, "releases/000001/lib/b.php"), 1_700_000_001, 1_700_000_001);
    const four = await releaseOf(
      tree({
        "index.php": "four",
        "lib/a.php": "a",
        "lib/b.php": "b",
        "planted/x": "x",
        "bin/run": "#!/bin/sh\n",
      }),
      "000004",
      one,
    );
    const needed = await host
      .stage(await four.delta(one, "recycle"), context())
      .catch((error: unknown) => error);
    expect(needed).toMatchObject({ code: "HWS_HOST_BASE_CHANGED", details: { needed: ["lib/b.php"] } });
    const supplement = await four.archiveOf(["lib/b.php"]);
    expect(await host.stage(await four.delta(one, "recycle", { supplement }), context())).toMatchObject({
      method: "recycle",
    });
    expect(readFileSync(join(root, "releases/000004/lib/b.php"), "utf8")).toBe("b");
    expect(readFileSync(join(root, "releases/000004/planted/x"), "utf8")).toBe("x");
    expect(readFileSync(join(outside, "kept"), "utf8")).toBe("kept");
    expect((await host.verify({ release: "000004" }, context())).differing).toEqual([]);

    const pruned = await host.prune({ epoch: 1, keep: ["000003"] }, context());
    expect([...pruned.removed]).toEqual(["000004"]);
    const last = await host.survey({ application, environment }, context());
    expect(last.releases.map(({ id, state }) => [id, state])).toEqual([
      ["000002", "installed"],
      ["000003", "installed"],
    ]);
    expect(last).toMatchObject({ owner: "shop production", previous: "000002", epoch: 1 });
  });
});
