import type { Stats } from "node:fs";

/**
 * What tells that a path is as it was without reading it, as git's index does: nobody can set a ctime back. A
 * directory's times change with its entries, which are looked at by themselves.
 */
export const statLine = (stats: Stats): string =>
  stats.isDirectory()
    ? `${stats.mode}`
    : `${stats.mode} ${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`;
