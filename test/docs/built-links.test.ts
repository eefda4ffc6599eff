import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { siteProblems } from "../../docs/.vitepress/built-links.ts";

const problemsOf = (files: Readonly<Record<string, string>>): readonly string[] => {
  const directory = mkdtempSync(join(tmpdir(), "hawser-site-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return siteProblems(directory);
};

it("finds a page and an anchor that links lead to and that are not there", () => {
  const problems = problemsOf({
    "index.html": '<a href="/guide/a.html#one">1</a><a href="guide/a.html#two">2</a><a href="/b.html">3</a>',
    "guide/a.html": '<h2 id="one">One</h2><a class="x" href="../index.html">0</a><a href="#three">3</a>',
  });
  expect(problems).toEqual([
    "/guide/a.html: /guide/a.html has no #three",
    "/index.html: /guide/a.html has no #two",
    "/index.html: no page /b.html",
  ]);
});

it("finds what a page or a style sheet loads from elsewhere, and lets links lead there", () => {
  const problems = problemsOf({
    "index.html":
      '<a href="https://example.org/">there</a><img src="https://example.org/a.png"><script src="//example.org/b.js"></script><link rel="icon" href="data:,">',
    "a.css": "@font-face { src: url(https://example.org/c.woff2) }",
  });
  expect(problems).toEqual([
    "/a.css: loads https://example.org/c.woff2",
    "/index.html: loads //example.org/b.js",
    "/index.html: loads https://example.org/a.png",
  ]);
});
