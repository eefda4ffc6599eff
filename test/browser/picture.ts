import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const pictures = join(import.meta.dirname, "../../docs/pictures");

/**
 * Takes a picture of what is in the window, and holds it under 300 KB. `HAWSER_PICTURES=1` puts it into docs/pictures:
 * otherwise a run of the tests changes no file of the repository.
 */
export const takePicture = async (page: Page, name: string): Promise<void> => {
  const taken = await page.screenshot({ type: "png", animations: "disabled" });
  expect(taken.length).toBeLessThan(300_000);
  if (process.env.HAWSER_PICTURES === undefined) return;
  mkdirSync(pictures, { recursive: true });
  writeFileSync(join(pictures, `${name}.png`), taken);
};
