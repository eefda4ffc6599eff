import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import {
  appendFile,
  mkdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Source } from "@hawser/core/plugin";
import {
  operationContext,
  type RsyncDaemon,
  readTree,
  receiveTree,
  startRsyncDaemon,
  startToxicProxy,
  type ToxicProxy,
  temporaryDirectory,
  testDirectory,
  treeDigest,
} from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RsyncSourceOptions } from "../src/index.ts";
import { fetchNow, makeSource, watchedContext, writeFiles } from "./trial.ts";

let root: string;
let daemon: RsyncDaemon;
beforeAll(async () => {
  root = temporaryDirectory("hawser-rsync-mirror-");
  daemon = await startRsyncDaemon({ apps: { path: root } });
});
afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

interface Site extends AsyncDisposable {
  readonly folder: string;
  readonly cache: string;
  readonly proxy: ToxicProxy;
  open(options?: Partial<RsyncSourceOptions>): Promise<Source>;
}

let count = 0;
/** A folder of its own that is fetched through a proxy that counts. */
const site = async (files: Readonly<Record<string, string>>): Promise<Site> => {
  count += 1;
  const name = `site-${count}`;
  const folder = join(root, name);
  await mkdir(folder);
  await writeFiles(folder, files);
  const cache = testDirectory("hawser-cache-");
  const proxy = await startToxicProxy({ port: daemon.port });
  const url = `rsync://127.0.0.1:${proxy.port}/apps/${name}`;
  return {
    folder,
    cache,
    proxy,
    open: (options = {}) => makeSource({ url, ...options }, watchedContext(cache)),
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
};

const mirrorIn = (cache: string): string =>
  join(cache, readdirSync(cache).find((name) => name.startsWith("rsync-")) ?? "", "content");

/** The bytes that came while something was done. */
const received = async (proxy: ToxicProxy, work: () => Promise<unknown>): Promise<number> => {
  const before = proxy.bytes.downstream;
  await work();
  return proxy.bytes.downstream - before;
};

describe("a second fetch", () => {
  test("costs the changed files and the list of names, and of a large file what changed in it", async () => {
    const texts = Array.from({ length: 400 }, (_, n) => [
      `d${n % 10}/${n}.txt`,
      randomBytes(2000).toString("hex"),
    ]);
    await using shop = await site(Object.fromEntries(texts));
    await writeFile(join(shop.folder, "large.bin"), randomBytes(4_000_000));
    const source = await shop.open();
    const first = await received(shop.proxy, () => fetchNow(source));
    const none = await received(shop.proxy, () => fetchNow(source));
    const bytes = await readFile(join(shop.folder, "large.bin"));
    bytes.write("changed in the middle", 2_000_000);
    await writeFile(join(shop.folder, "large.bin"), bytes);
    await appendFile(join(shop.folder, "d1/1.txt"), "more");
    let tree = "";
    const second = await received(shop.proxy, async () => {
      tree = await fetchNow(source);
    });
    expect(await treeDigest(tree)).toBe(await treeDigest(await fetchNow(await shop.open())));
    expect(bytes.equals(await readFile(join(tree, "large.bin")))).toBe(true);
    expect(first).toBeGreaterThan(5_600_000);
    // Two lists of 411 paths, about 40 bytes each.
    expect(none).toBeLessThan(40_000);
    expect(second).toBeLessThan(80_000);
  });

  test("takes up a large file where a broken connection left it", async () => {
    await using shop = await site({ small: "1" });
    await writeFile(join(shop.folder, "large.bin"), randomBytes(4_000_000));
    const source = await shop.open();
    const revision = await source.resolve({}, operationContext());
    const fetchInto = async (): Promise<string> => {
      const directory = testDirectory();
      await receiveTree(source, { revision, directory }, operationContext());
      return directory;
    };
    shop.proxy.poison("downstream", { kind: "cut", afterBytes: 3_000_000, by: "fin" });
    await expect(fetchInto()).rejects.toMatchObject({ code: "HWS_RSYNC_NETWORK", retryable: true });
    shop.proxy.heal();
    expect(await received(shop.proxy, fetchInto)).toBeLessThan(1_500_000);
    expect(await treeDigest(await fetchInto())).toBe(await treeDigest(shop.folder));
  });

  test("follows whatever becomes of a path: gone, a folder, a link, a file again", async () => {
    await using shop = await site({ thing: "a file", gone: "1", kept: "1" });
    const source = await shop.open();
    const path = join(shop.folder, "thing");
    const steps = [
      async () => {},
      async () => {
        await unlink(path);
        await unlink(join(shop.folder, "gone"));
        await writeFiles(shop.folder, { "thing/inside/deep": "2" });
      },
      async () => {
        await rm(path, { recursive: true });
        await symlink("kept", path);
      },
      async () => {
        await unlink(path);
        await writeFile(path, "a file");
      },
    ];
    for (const step of steps) {
      await step();
      expect(await readTree(await fetchNow(source))).toEqual(await readTree(shop.folder));
    }
  });
});

describe("include and exclude", () => {
  const files = {
    "public/a.css": "1",
    "public/deep/b.js": "2",
    "src/c.ts": "3",
    "src/c.test.ts": "4",
    "notes.md": "5",
    ".git/config": "6",
  };

  test("are rsync's patterns, the first that fits decides, and a root has a slash", async () => {
    await using shop = await site(files);
    const fetchWith = async (options: Partial<RsyncSourceOptions>) =>
      Object.keys(await readTree(await fetchNow(await shop.open(options))));
    expect(await fetchWith({ exclude: ["*.test.ts", "/notes.md"] })).toEqual([
      "public/a.css",
      "public/deep/b.js",
      "src/c.ts",
    ]);
    expect(await fetchWith({ include: ["/public/***"], exclude: ["*"] })).toEqual([
      "public/a.css",
      "public/deep/b.js",
    ]);
    expect(await fetchWith({ include: [".git/***"], exclude: ["/public", "src/"] })).toEqual(["notes.md"]);
  });

  test("leave nothing of what earlier options took", async () => {
    await using shop = await site(files);
    await fetchNow(await shop.open());
    const left = await readTree(await fetchNow(await shop.open({ exclude: ["src"] })));
    expect(Object.keys(left)).toEqual(["notes.md", "public/a.css", "public/deep/b.js"]);
  });

  test("are part of what a revision names", async () => {
    await using shop = await site(files);
    const [all, some] = [await shop.open(), await shop.open({ exclude: ["src"] })];
    const [a, b] = [await all.resolve({}, operationContext()), await some.resolve({}, operationContext())];
    expect(a.id).not.toBe(b.id);
  });
});

describe("a mirror", () => {
  const files = { "a/b": "1".repeat(5000), c: "2" };

  test.each([
    ["a file was changed in place, with its time", (mirror: string) => writeFile(join(mirror, "c"), "X")],
    ["a file was cut", (mirror: string) => truncate(join(mirror, "a/b"), 10)],
    ["something was added", (mirror: string) => writeFiles(mirror, { "new/x": "1" })],
    [
      "a file is a folder",
      (mirror: string) => rm(join(mirror, "c")).then(() => mkdir(join(mirror, "c/x"), { recursive: true })),
    ],
    ["all is gone", (mirror: string) => rm(mirror, { recursive: true })],
    [
      "it is a file",
      (mirror: string) => rm(mirror, { recursive: true }).then(() => writeFile(mirror, "nonsense")),
    ],
  ])("gives the right tree though %s", async (_, damage) => {
    await using shop = await site(files);
    await fetchNow(await shop.open());
    await damage(mirrorIn(shop.cache));
    expect(await readTree(await fetchNow(await shop.open()))).toEqual(files);
  });

  test("that is a link is not written through", async () => {
    await using shop = await site(files);
    await fetchNow(await shop.open());
    const outside = testDirectory();
    await rm(mirrorIn(shop.cache), { recursive: true });
    await symlink(outside, mirrorIn(shop.cache));
    expect(await readTree(await fetchNow(await shop.open()))).toEqual(files);
    expect(readdirSync(outside)).toEqual([]);
  });

  test("serves many fetches at once", async () => {
    await using shop = await site(files);
    const trees = await Promise.all(
      Array.from({ length: 4 }, async () => readTree(await fetchNow(await shop.open()))),
    );
    expect(trees).toEqual([files, files, files, files]);
  });

  test("survives fetches that were given up at any moment, and keeps no drafts", async () => {
    await using shop = await site(files);
    for (const wait of [5, 60, 120, 200]) {
      const stop = new AbortController();
      const running = fetchNow(await shop.open(), operationContext({ signal: stop.signal })).catch(() => {});
      await sleep(wait);
      stop.abort(new Error("given up"));
      await running;
    }
    expect(await readTree(await fetchNow(await shop.open()))).toEqual(files);
    const folder = join(mirrorIn(shop.cache), "..");
    expect([readdirSync(join(folder, "drafts")), readdirSync(join(folder, "partial"))]).toEqual([[], []]);
  });
});

test("an archive's stream has the bytes of its revision though the mirror goes on to the next", async () => {
  await using shop = await site({ "shop.tar": "first ".repeat(50_000) });
  // The name is a link, as that of the newest archive often is.
  await rename(join(shop.folder, "shop.tar"), join(shop.folder, "shop-1.tar"));
  await symlink("shop-1.tar", join(shop.folder, "shop.tar"));
  const { url = "" } = await (await shop.open()).resolve({}, operationContext());
  const source = await makeSource({ url: `${url}/shop.tar`, stripComponents: 1 }, watchedContext(shop.cache));
  const opened = await source.open?.(
    { revision: await source.resolve({}, operationContext()) },
    operationContext(),
  );
  await writeFile(join(shop.folder, "shop-2.tar"), "second");
  await unlink(join(shop.folder, "shop.tar"));
  await symlink("shop-2.tar", join(shop.folder, "shop.tar"));
  const next = await source.open?.(
    { revision: await source.resolve({}, operationContext()) },
    operationContext(),
  );
  const textOf = async (stream: AsyncIterable<unknown> | undefined): Promise<string> => {
    let text = "";
    for await (const chunk of stream ?? []) text += String(chunk);
    return text;
  };
  expect(await textOf(next?.stream)).toBe("second");
  expect(await textOf(opened?.stream)).toBe("first ".repeat(50_000));
  expect(opened).toMatchObject({ format: "tar", stripComponents: 1 });
});
