import { expect, test } from "vitest";
import { findVersionProblems } from "../src/problems.ts";

const says = (version: string) => `rsync  version ${version}  protocol version 32\nCopyright (C) 1996-2026\n`;

test.each(["3.5.0", "3.5.1", "3.10.0", "4.0.0", "v3.5.1dev"])(
  "version %s is not complained of",
  (version) => {
    expect(findVersionProblems(says(version))).toEqual([]);
  },
);

test.each(["3.2.3", "3.2.7", "3.4.3", "3.4.9"])("version %s is warned of", (version) => {
  expect(findVersionProblems(says(version))).toMatchObject([
    { code: "HWS_RSYNC_VERSION", severity: "warning", where: "source" },
  ]);
});

test.each([
  says("3.2.2"),
  says("2.6.9"),
  "openrsync: protocol version 29, rsync version 2.6.9 compatible\n",
  "",
])("%j cannot be used", (text) => {
  expect(() => findVersionProblems(text)).toThrow(expect.objectContaining({ code: "HWS_RSYNC_PROGRAM" }));
});
