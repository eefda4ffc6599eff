import { execFileSync } from "node:child_process";
import { readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { toSend } from "../../src/artifact/difference.ts";
import { releaseOf } from "./releases.ts";
import { context, type InstanceShell, liveHost, shells } from "./shells.ts";
import { folder, tree } from "./trees.ts";

const files = { "index.php": "one", "lib/a b.php": "a", "lib/c.php": "c", "deep/er/x": "x" };

/** Three releases, each a change behind the one before; the first and second are installed, the second is in service. */
const instance = async (shell: InstanceShell) => {
  const root = join(folder(), "srv");
  const live = await liveHost(root, { path: shell.path });
  const one = await releaseOf(tree(files), "000001");
  const second = { ...files, "lib/a b.php": "aa", "lib/c.php": "cc", "deep/er/x": "xx", "new\nname": "n" };
  const two = await releaseOf(tree(second), "000002", one);
  const three = await releaseOf(tree({ ...second, "index.php": "three" }), "000003", two);
  for (const release of [one, two]) {
    await live.host.stage(await release.full(), context());
    await live.host.seal({ epoch: 1, release: release.id }, context());
    await live.host.activate({ epoch: 1, release: release.id }, context());
  }
  const names = toSend(three.manifest, one.manifest, two.manifest);
  const archive = await three.archiveOf(names);
  const request = {
    lender: two.id,
    archive: { form: "tar.gz" as const, sizeBytes: archive.length, open: () => Readable.from([archive]) },
  };
  const stage = async (method: "recycle" | "clone", supplement?: Buffer) =>
    await live.host.stage(
      await three.delta(one, method, { ...request, ...(supplement && { supplement }) }),
      context(),
    );
  const content = (name: string) => readFileSync(join(root, "releases/000003", name), "utf8");
  return {
    root,
    live,
    three,
    names,
    stage,
    content,
    [Symbol.asyncDispose]: () => live[Symbol.asyncDispose](),
  };
};

describe.each(shells)("a release that lends files, under $name", (shell) => {
  test.each(["recycle", "clone"] as const)(
    "gives what the base lacks and it has, so that only what is new is sent (%s)",
    async (method) => {
      await using here = await instance(shell);
      expect(here.names).toEqual(["index.php"]);
      expect(await here.stage(method)).toMatchObject({ state: "staged", written: 5 });
      expect(["index.php", "lib/a b.php", "deep/er/x", "new\nname"].map(here.content)).toEqual([
        "three",
        "aa",
        "xx",
        "n",
      ]);
      expect((await here.live.host.verify({ release: "000003" }, context())).differing).toEqual([]);
      const inode = (release: string) => statSync(join(here.root, `releases/${release}/lib/c.php`)).ino;
      expect(inode("000003")).not.toBe(inode("000002"));
    },
  );

  test.each<[string, (lender: string) => void]>([
    ["has been changed, its size and time being kept", (lender) => change(join(lender, "lib/c.php"))],
    ["is a pipe now", (lender) => pipe(join(lender, "lib/c.php"))],
    ["is a link to another file now", (lender) => link(join(lender, "lib/c.php"))],
    ["lies in a folder that became a link", (lender) => linkFolder(lender)],
    ["is gone", (lender) => rmSync(join(lender, "lib/c.php"))],
  ])("gives no file that %s: what then lacks is named, and may be sent", async (_what, harm) => {
    await using here = await instance(shell);
    harm(join(here.root, "releases/000002"));
    const refused = await here.stage("recycle").catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "HWS_HOST_BASE_CHANGED" });
    const { needed } = (refused as { details: { needed: string[] } }).details;
    expect(needed).toContain("lib/c.php");
    const supplement = await here.three.archiveOf(needed);
    expect(await here.stage("recycle", supplement)).toMatchObject({ state: "staged" });
    expect(here.content("lib/c.php")).toBe("cc");
    expect((await here.live.host.verify({ release: "000003" }, context())).differing).toEqual([]);
  });
});

const change = (path: string): void => {
  const { atime, mtime } = statSync(path);
  writeFileSync(path, "CC");
  utimesSync(path, atime, mtime);
};
const pipe = (path: string): void => {
  rmSync(path);
  execFileSync("mkfifo", [path]);
};
const link = (path: string): void => {
  writeFileSync(`${path}.real`, "CC");
  rmSync(path);
  symlinkSync(`${path}.real`, path);
};
const linkFolder = (lender: string): void => {
  renameSync(join(lender, "lib"), join(lender, "moved"));
  change(join(lender, "moved/c.php"));
  symlinkSync("moved", join(lender, "lib"));
};
