import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const base = mkdtempSync(join(tmpdir(), "hawser-host-"));
chmodSync(base, 0o755);
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A new folder, removed after the file's tests. */
export const folder = (): string => {
  const made = mkdtempSync(join(base, "f-"));
  // Commands that run as another user must reach it.
  chmodSync(made, 0o755);
  return made;
};

/** A folder with these files; a name is text or raw bytes, one character a byte. */
export const tree = (files: Readonly<Record<string, string>>): string => {
  const directory = folder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(directory, name, ".."), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
};
