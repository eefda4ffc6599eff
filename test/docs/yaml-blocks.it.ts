import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { built } from "../shows/built.ts";
import { heldBlocks, pages } from "./code-blocks.ts";
import { PageConfigs } from "./page-config.ts";

const folder = mkdtempSync(join(tmpdir(), "hawser-docs-"));
const environment = { ...process.env };

beforeAll(() => built());
afterAll(() => {
  process.env = environment;
  rmSync(folder, { recursive: true, force: true });
});

describe("the config on a page is what a config may be", () => {
  for (const page of pages) {
    const onPage = heldBlocks(page, "yaml");
    if (onPage.length === 0) continue;
    const configs = new PageConfigs(join(folder, page.replaceAll("/", "-"), "project"), page);
    it.each(onPage)("$page:$line", async (block) => {
      expect(await configs.problemsOf(block)).toEqual([]);
    });
  }
});
