import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { context, folder } from "./fixtures/context.ts";
import { pack } from "./fixtures/packing.ts";
import { file, link, makeTree, run } from "./fixtures/tree.ts";

describe("packing refuses and leaves nothing behind for", () => {
  const refused = async (base: string, code: string, message: string | RegExp) => {
    await expect(pack(base, "t")).rejects.toMatchObject({
      code,
      message:
        typeof message === "string" ? expect.stringContaining(message) : expect.stringMatching(message),
    });
    expect(readdirSync(base).filter((name) => name.startsWith("t.tar"))).toEqual([]);
  };

  const links: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
    "an absolute link": [["a", "/etc/passwd"]],
    "a link to the parent": [["d/a", "../.."]],
    "a dangling link that leaves": [["a", "no/../../x"]],
    "a link that leaves through another": [
      ["a", "d/up/.."],
      ["d/up", ".."],
    ],
    "a chain that leaves": [
      ["a", "b"],
      ["b", "c"],
      ["c", "../x"],
    ],
  };
  for (const [what, all] of Object.entries(links)) {
    test(what, async () => {
      const base = await folder();
      makeTree(
        join(base, "t"),
        all.map(([name, target]) => [name, link(target)]),
      );
      await refused(base, "HWS_ARTIFACT_LINK_ESCAPE", "leaves the tree");
    });
  }

  test("a named pipe", async () => {
    const base = await folder();
    makeTree(join(base, "t"), [["d/f", file("x")]]);
    run("mkfifo", [join(base, "t/d/pipe")]);
    await refused(base, "HWS_ARTIFACT_TYPE", "d/pipe in the tree is a named pipe");
  });

  test("a socket", async () => {
    const base = await folder();
    makeTree(join(base, "t"), []);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(base, "t/s"), resolve));
    await refused(base, "HWS_ARTIFACT_TYPE", "is a socket");
    await new Promise((resolve) => server.close(resolve));
  });

  test("the byte 0x01 in a name or a link", async () => {
    const base = await folder();
    makeTree(join(base, "t"), [["d/a\x01", file()]]);
    await refused(base, "HWS_ARTIFACT_NAME_INVALID", "d/a%01");
    rmSync(join(base, "t/d"), { recursive: true });
    makeTree(join(base, "t"), [["l", link("a\x01")]]);
    await refused(base, "HWS_ARTIFACT_NAME_INVALID", "the name l");
  });

  for (const name of [".hawser", ".git", ".svn"]) {
    test(`${name} at the top, and only there`, async () => {
      const base = await folder();
      makeTree(join(base, "t"), [
        ["a", file()],
        [`${name}/x`, file()],
      ]);
      await refused(base, "HWS_ARTIFACT_RESERVED", `holds ${name}`);
      mkdirSync(join(base, "t/deeper"));
      renameSync(join(base, "t", name), join(base, "t/deeper", name));
      await pack(base, "t");
    });
  }

  test("an empty tree", async () => {
    const base = await folder();
    makeTree(join(base, "t"), []);
    await refused(base, "HWS_ARTIFACT_EMPTY", "is empty");
  });

  test("a name that is too long for an instance", async () => {
    const base = await folder();
    makeTree(join(base, "t"), [[`${"d".repeat(250)}/`.repeat(12) + "f".repeat(70), file()]]);
    await refused(base, "HWS_ARTIFACT_NAME_INVALID", "longer than");
  });

  // What happens to the file `large` once a small one before it was written.
  const changes: Readonly<Record<string, (path: string) => void>> = {
    grows: (path) => writeFileSync(path, "more", { flag: "a" }),
    "is cut": (path) => truncateSync(path, 10),
    "is written to in place": (path) => writeFileSync(path, "X", { flag: "r+" }),
    "is replaced by another": (path) => {
      writeFileSync(`${path}.new`, readFileSync(path));
      renameSync(`${path}.new`, path);
    },
    "is replaced by a link": (path) => {
      rmSync(path);
      symlinkSync("/etc/passwd", path);
    },
    "is replaced by a named pipe": (path) => {
      rmSync(path);
      run("mkfifo", [path]);
    },
    "is replaced by a directory": (path) => {
      rmSync(path);
      mkdirSync(path);
    },
    "is removed": (path) => rmSync(path),
  };
  for (const [what, change] of Object.entries(changes)) {
    for (const size of [1000, 300_000]) {
      test(`a file of ${size} bytes that ${what} while it is packed`, async () => {
        const base = await folder();
        makeTree(join(base, "t"), [
          ["a", file("small")],
          ["z", file(Buffer.alloc(size, 1))],
        ]);
        const once = { done: false };
        const progress = () => {
          if (!once.done) change(join(base, "t/z"));
          once.done = true;
        };
        await expect(pack(base, "t", {}, { ...context(), progress })).rejects.toMatchObject({
          code: "HWS_ARTIFACT_CHANGED",
          retryable: true,
        });
        expect(readdirSync(base)).toEqual(["t"]);
      });
    }
  }

  test("an abort in the middle", async () => {
    const base = await folder();
    makeTree(join(base, "t"), [
      ["a", file("small")],
      ["large", file(Buffer.alloc(5 << 20))],
      ["z", file("small")],
    ]);
    const abort = new AbortController();
    const progress = () => abort.abort(new Error("given up"));
    await expect(pack(base, "t", {}, { ...context(abort.signal), progress })).rejects.toThrow("given up");
    expect(readdirSync(base)).toEqual(["t"]);
  });
});
