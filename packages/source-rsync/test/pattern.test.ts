import { expect, test } from "vitest";
import { patternArguments } from "../src/pattern.ts";

const url = "rsync://example.org/apps";

test("patterns are one argument each, includes first, behind what is always left out", () => {
  const words = patternArguments({ url, include: ["/public/***"], exclude: ["*", "--rsh=x"] });
  expect(words.slice(0, 4)).toEqual([
    "--exclude=.git",
    "--exclude=.svn",
    "--exclude=.hg",
    "--exclude=.hawser",
  ]);
  expect(words.slice(4)).toEqual(["--include=/public/***", "--exclude=*", "--exclude=--rsh=x"]);
});

test.each(["a\nb", "a\u0000b", "a\u001bb", "+ *", "- x", "!", "!x", "a".repeat(2000)])(
  "the pattern %j is refused",
  (pattern) => {
    for (const option of ["include", "exclude"]) {
      expect(() => patternArguments({ url, [option]: [pattern] })).toThrow(
        expect.objectContaining({ code: "HWS_RSYNC_OPTION", message: expect.stringContaining(option) }),
      );
    }
  },
);
