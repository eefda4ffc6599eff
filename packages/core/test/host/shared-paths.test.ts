import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { PathOwnership } from "../../src/contracts/installer.ts";
import { releaseOf } from "./releases.ts";
import { context, type LiveHost, liveHost, shells } from "./shells.ts";
import { folder, tree } from "./trees.ts";

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "it succeeded",
    (error: unknown) => error,
  );

/** `owner group mode` as the file system has it. */
const stat = (...paths: string[]): string[] =>
  execFileSync("stat", ["-c", "%U %G %a", ...paths], { encoding: "utf8" })
    .trim()
    .split("\n");

interface Linking {
  readonly shared?: readonly string[];
  readonly writable?: readonly string[];
  readonly ownership?: readonly PathOwnership[];
}

/** A root in which releases with these files are staged and linked. */
const opened = async (path: string) => {
  const root = join(folder(), "srv");
  const live: LiveHost = await liveHost(root, { path });
  let last = 0;
  const link = async (files: Readonly<Record<string, string>>, linking: Linking): Promise<string> => {
    last++;
    const release = String(last).padStart(6, "0");
    await live.host.stage(await (await releaseOf(tree({ index: "1", ...files }), release)).full(), context());
    await again(release, linking);
    return join(root, "releases", release);
  };
  const again = (release: string, { shared = [], writable = [], ownership = [] }: Linking) =>
    live.host.link({ epoch: 1, release, shared, writable, generated: [], ownership }, context());
  const share = (name: string, text?: string): string => {
    const at = join(root, "shared", name);
    mkdirSync(text === undefined ? at : dirname(at), { recursive: true });
    if (text !== undefined) writeFileSync(at, text);
    return at;
  };
  return { root, live, link, again, share };
};

describe.each(shells)("shared and writable paths under $name", ({ path }) => {
  test("what the release has where nothing is shared yet needs a word: moved in, or left behind", async () => {
    const { root, live, link } = await opened(path);
    await using _ = live;
    const files = { "media/logo": "logo", "config.ini": "first" };
    for (const shared of ["media", "media/", "config.ini"]) {
      const refused = await failure(link(files, { shared: [shared] }));
      expect(refused).toMatchObject({ code: "HWS_HOST_SHARED_FIRST" });
      expect(String(refused)).toContain(shared.replace("/", ""));
    }
    expect(readdirSync(join(root, "shared"))).toEqual([]);
    const left = await link(files, {
      shared: ["media", "config.ini"],
      ownership: [
        { path: "media", adopt: true },
        { path: "config.ini", adopt: false },
      ],
    });
    expect(readFileSync(join(left, "media/logo"), "utf8")).toBe("logo");
    expect(readFileSync(join(root, "shared/media/logo"), "utf8")).toBe("logo");
    expect(readFileSync(join(left, "config.ini"), "utf8")).toBe("");
    // What is shared by now stays, whatever the next release brings, and needs no word.
    const next = await link(
      { "media/logo": "other", "config.ini": "second" },
      { shared: ["media", "config.ini"] },
    );
    expect(readFileSync(join(next, "media/logo"), "utf8")).toBe("logo");
    expect(readFileSync(join(next, "config.ini"), "utf8")).toBe("");
  });

  test("a directory that only keeps its place in a source is nothing that needs a word", async () => {
    const { root, live, link } = await opened(path);
    await using _ = live;
    await link(
      { "var/log/.gitkeep": "", "var/a/.gitignore": "*", "var/b/.keep": "" },
      { shared: ["var/log", "var/a/", "var/b", "new"] },
    );
    for (const name of ["var/log", "var/a", "var/b", "new"])
      expect(readdirSync(join(root, "shared", name))).toEqual([]);
  });

  test("a path that is a file here and a directory there is refused, and nothing is changed", async () => {
    const { root, live, link, again, share } = await opened(path);
    await using _ = live;
    share("conf", "shared");
    share("data");
    for (const [files, shared] of [
      [{ "conf/a": "a" }, "conf"],
      [{ data: "a file" }, "data"],
      [{}, "conf/"],
      [{ fresh: "a file" }, "fresh/"],
    ] as const)
      expect(await failure(link(files, { shared: [shared] }))).toMatchObject({ code: "HWS_HOST_PATH_TYPE" });
    expect(await failure(link({ cache: "a file" }, { writable: ["cache"] }))).toMatchObject({
      code: "HWS_HOST_PATH_TYPE",
    });
    expect(readFileSync(join(root, "shared/conf"), "utf8")).toBe("shared");
    expect(existsSync(join(root, "shared/fresh"))).toBe(false);
    await again("000001", { shared: ["data/"] });
  });

  test("a shared path is made with owner, group and mode on first use, and left as it is from then on", async () => {
    const { root, live, link, share } = await opened(path);
    await using _ = live;
    const ownership = [
      { path: "var/log/", owner: "nobody", group: "daemon", mode: "2770" },
      { path: "a b", mode: "0700" },
      { path: "media", owner: "nobody", adopt: true },
      { path: "there", owner: "nobody", mode: "0700" },
    ];
    share("there");
    const linking = { shared: ["var/log/", "a b", "media", "there"], ownership };
    await link({ "media/logo": "logo" }, linking);
    const at = (name: string): string => join(root, "shared", name);
    const [mine = ""] = stat(at("there"));
    expect(stat(at("var/log"), at("a b"), at("media"), at("media/logo"))).toEqual([
      "nobody daemon 2770",
      mine.replace("755", "700"),
      mine.replace(/^\S+/, "nobody"),
      mine.replace(/^\S+/, "nobody").replace("755", "644"),
    ]);
    execFileSync("chmod", ["2711", at("var/log")]);
    await link({}, linking);
    expect(stat(at("var/log"))).toEqual(["nobody daemon 2711"]);
    expect(existsSync(join(root, ".hawser/making"))).toBe(false);
  });

  test("one whose making was cut off before it was handed over is handed over by the next", async () => {
    const { root, live, link, share } = await opened(path);
    await using _ = live;
    share("log");
    mkdirSync(join(root, ".hawser"), { recursive: true });
    writeFileSync(join(root, ".hawser/making"), "log\n");
    await link({}, { shared: ["log"], ownership: [{ path: "log", mode: "0770" }] });
    expect(stat(join(root, "shared/log"))[0]).toMatch(/ 770$/);
  });

  test("a writable path is handed over in each release, and one made of it begins as ours", async () => {
    const { root, live, link } = await opened(path);
    await using _ = live;
    const linking = {
      writable: ["var/cache"],
      ownership: [{ path: "var/cache", owner: "nobody", mode: "2775" }],
    };
    const one = await link({ "var/cache/.gitkeep": "" }, linking);
    expect(stat(join(one, "var/cache"))[0]).toMatch(/^nobody \S+ 2775$/);
    expect((await live.host.verify({ release: "000001" }, context())).differing).toEqual([]);
    await live.host.seal({ epoch: 1, release: "000001" }, context());
    const base = await releaseOf(tree({ index: "1", "var/cache/.gitkeep": "" }), "000001");
    const two = await releaseOf(tree({ index: "2", "var/cache/.gitkeep": "" }), "000009", base);
    await live.host.stage(await two.delta(base, "recycle"), context());
    expect(stat(join(root, "releases/000009/var/cache"))).toEqual(stat(join(root, "releases/000009")));
  });

  test("names and modes outside their grammar are refused", async () => {
    const { live, again, link } = await opened(path);
    await using _ = live;
    await link({}, {});
    for (const word of [{ owner: "-R" }, { group: "a;b" }, { mode: "u+s" }, { owner: "a b" }])
      expect(
        await failure(again("000001", { shared: ["x"], ownership: [{ path: "x", ...word }] })),
      ).toMatchObject({ code: "HWS_HOST_REQUEST" });
    expect(
      await failure(again("000001", { shared: ["x"], ownership: [{ path: "x", owner: "no-such-user" }] })),
    ).toMatchObject({ code: "HWS_HOST_REQUEST" });
  });
});
