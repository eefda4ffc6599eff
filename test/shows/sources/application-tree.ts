import { createCipheriv } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface TreeSize {
  /** Small files beside the special ones. */
  readonly files: number;
  readonly bigFileBytes: number;
}

/** Bytes that no compression makes smaller, the same each time. */
const noise = (sizeBytes: number): Buffer =>
  createCipheriv("aes-128-ctr", Buffer.alloc(16, 7), Buffer.alloc(16)).update(Buffer.alloc(sizeBytes));

const oddNames = [
  "docs/\u00dcbergr\u00f6\u00dfe/na\u00efve caf\u00e9.txt",
  "docs/\u65e5\u672c\u8a9e/\u30d5\u30a1\u30a4\u30eb.txt",
  "docs/\u{1f680} launch.md",
  "docs/ leading and trailing .txt ",
  'docs/it\'s "quoted" & $(not run) `here`.txt',
  "docs/-rf",
  "docs/100% #1?.txt",
  ".htaccess",
  ".config/deep/.hidden",
];

const links = {
  "public/index.php": "../src/module-00/file-0.php",
  current: "src/module-01",
  "docs/chain": "first",
  "docs/first": "../current",
  "only-links/dangling": "nowhere",
};

const emptyDirectories = ["var/cache", "var/log/deep/er", "public/media"];
const executables = ["bin/console", "bin/worker", "src/module-02/tool"];

/** Writes an application with all that a tree can hold: links, empty directories, any names, exec bits, a big file. */
export const writeApplication = (root: string, { files, bigFileBytes }: TreeSize): void => {
  const write = (path: string, content: string | Buffer, mode = 0o644): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content, { mode });
  };
  for (let index = 0; index < files; index += 1) {
    const module = `src/module-${String(index % 60).padStart(2, "0")}`;
    const folder = index % 7 === 0 ? `${module}/inner/${index % 5}` : module;
    write(`${folder}/file-${index}.php`, `<?php // ${index}\n${"return 1;\n".repeat(index % 90)}`);
  }
  for (const name of oddNames) write(name, `${name}\n`);
  for (const name of executables) write(name, "#!/bin/sh\nexit 0\n", 0o755);
  write("empty.txt", "");
  write("public/media-library.bin", noise(bigFileBytes));
  for (const path of emptyDirectories) mkdirSync(join(root, path), { recursive: true });
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path));
  }
};
