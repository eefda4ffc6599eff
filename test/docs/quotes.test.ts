import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const repository = join(import.meta.dirname, "../..");
const guides = join(repository, "docs/guide");

const quoted = /<!-- not run: quoted from (\S+) -->\n```\w+\n(.*?)^```$/gms;

/** Lines without their indentation: a quotation is moved to the left. */
const lines = (text: string): string =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.trimStart())
    .join("\n");

const quotations = readdirSync(guides)
  .filter((page) => page.endsWith(".md"))
  .flatMap((page) =>
    [...readFileSync(join(guides, page), "utf8").matchAll(quoted)].map(([, from = "", text = ""]) => ({
      page,
      from,
      text,
    })),
  );

it.each(quotations)("what $page quotes from $from stands there", ({ from, text }) => {
  const file = join(repository, from);
  expect(existsSync(file), from).toBe(true);
  expect(`\n${lines(readFileSync(file, "utf8"))}\n`).toContain(`\n${lines(text)}\n`);
});

it("finds quotations", () => {
  expect(quotations.length).toBeGreaterThan(5);
});
