import { expect, test } from "vitest";
import { commitLines } from "../src/render/commits.ts";
import { plainStyle } from "../src/render/style.ts";

const commit = (message: string) => ({ id: "0123456789abcdef", message, author: "Ada" });

test("commits that came stand before those that were taken back, each on its line", () => {
  const told = { changes: [commit("Say two")], takenBack: [commit("Say three")] };
  expect(commitLines(told, plainStyle, 80)).toEqual([
    `${plainStyle.dot} 0123456789ab Say two (Ada)`,
    "- 0123456789ab Say three (Ada) [taken back]",
  ]);
});

test("why they are not known is said", () => {
  expect(commitLines({ changes: [], unknown: "the server is away" }, plainStyle, 80)).toEqual([
    "commits are not known: the server is away",
  ]);
});

test("what an author wrote moves no cursor and is no longer than the line", () => {
  const [line = ""] = commitLines({ changes: [commit(`\u001b[2J${"x".repeat(200)}`)] }, plainStyle, 40);
  expect(line).not.toContain("\u001b");
  expect(line.length).toBeLessThanOrEqual(40);
});
