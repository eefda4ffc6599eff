import { expect, test } from "vitest";
import { checkListing, listingId } from "../src/listing.ts";
import { readRemoteListing } from "../src/remote-listing.ts";

const read = (...lines: string[]) => readRemoteListing(`${lines.join("\n")}\n`, "rsync://example.org/apps");
const only = (line: string) => read(line)[0];
const code = (value: string) => expect.objectContaining({ code: value });

test("files, programs, directories and links are read; the root is left out", () => {
  expect(
    read(
      "drwxr-xr-x        4096 2026/11/25 03:18:09 .",
      "-rw-r--r--          12 2023/11/14 22:13:20 a b.txt",
      "-rwxr-xr-x           3 1960/01/01 00:00:00 run",
      "drwxr-xr-x        4096 2026/11/25 03:18:09 d",
      "lrwxrwxrwx           3 2026/11/25 03:18:09 l -> d/x",
    ),
  ).toEqual([
    { path: "a b.txt", kind: "file", sizeBytes: 12, modified: 1_700_000_000, target: "" },
    { path: "run", kind: "executable", sizeBytes: 3, modified: -315_619_200, target: "" },
    { path: "d", kind: "directory", sizeBytes: 0, modified: 0, target: "" },
    { path: "l", kind: "link", sizeBytes: 0, modified: 0, target: "d/x" },
  ]);
});

test("escaped bytes become the name they stand for", () => {
  expect(only("-rw-r--r--  0 2026/11/25 03:18:09 caf\\#303\\#251")?.path).toBe("caf\u00e9");
  expect(only("-rw-r--r--  0 2026/11/25 03:18:09 back\\#134#012x")?.path).toBe("back\\#012x");
});

test("a link whose name has an arrow is split by the length of its target", () => {
  expect(only("lrwxrwxrwx  3 2026/11/25 03:18:09 l -> m -> a/f")).toMatchObject({
    path: "l -> m",
    target: "a/f",
  });
  expect(only("lrwxrwxrwx  8 2026/11/25 03:18:09 l -> m -> a/f")).toMatchObject({
    path: "l",
    target: "m -> a/f",
  });
  expect(only("lrwxrwxrwx  0 2026/11/25 03:18:09 l -> a/f")).toMatchObject({ path: "l", target: "a/f" });
});

test.each(["prw-r--r--  0", "crw-r--r--  0", "brw-r--r--  0", "srwxr-xr-x  0"])(
  "what is special is refused by its name: %s",
  (start) => {
    expect(() => read(`${start} 2026/11/25 03:18:09 it`)).toThrow(code("HWS_RSYNC_SPECIAL"));
  },
);

test.each(["nonsense", "-rw-r--r-- x 2026/11/25 03:18:09 a", "lrwxrwxrwx  3 2026/11/25 03:18:09 noarrow"])(
  "a line that is none of a listing is refused: %j",
  (line) => {
    expect(() => read(line)).toThrow(code("HWS_RSYNC_LISTING"));
  },
);

test.each([
  "we\\#012ird",
  "esc\\#033[1m",
  "bad\\#377",
  "../x",
  "/etc/x",
  "a/../../x",
  "a//b",
  "c\\#302\\#205",
])("the name %j is refused", (name) => {
  expect(() => checkListing(read(`-rw-r--r--  0 2026/11/25 03:18:09 ${name}`))).toThrow(
    code("HWS_RSYNC_NAME"),
  );
});

test("a link's target is looked at as a name is", () => {
  const link = "lrwxrwxrwx  9 2026/11/25 03:18:09 l -> ";
  for (const target of ["a\\#012b", "bad\\#377"])
    expect(() => checkListing(read(link + target))).toThrow(code("HWS_RSYNC_NAME"));
});

test("the name of a listing changes with every name, size, time, type and target, and not with the order", () => {
  const lines = ["-rw-r--r-- 1 2026/11/25 03:18:09 a", "lrwxrwxrwx 1 2026/11/25 03:18:09 b -> a"];
  const id = listingId(read(...lines));
  expect(listingId(read(...lines.toReversed()))).toBe(id);
  const others = [
    [lines[0], "lrwxrwxrwx 1 2026/11/25 03:18:09 b -> c"],
    [lines[0], "lrwxrwxrwx 1 2026/11/25 03:18:09 c -> a"],
    [lines[0]],
    ...[
      "-rw-r--r-- 2 2026/11/25 03:18:09 a",
      "-rw-r--r-- 1 2026/11/25 03:18:10 a",
      "-rwxr--r-- 1 2026/11/25 03:18:09 a",
    ].map((line) => [line, lines[1]]),
  ] as string[][];
  const ids = others.map((each) => listingId(read(...each)));
  expect(new Set([...ids, id]).size).toBe(others.length + 1);
});
