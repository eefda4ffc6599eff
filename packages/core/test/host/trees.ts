import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const folder = (): string => mkdtempSync(join(tmpdir(), "hawser-host-"));

/** A folder with these files; a name is text or raw bytes, one character a byte. */
export const tree = (files: Readonly<Record<string, string>>): string => {
  const directory = folder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(directory, name, ".."), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
};
