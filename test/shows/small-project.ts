import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRepository, type GitRepository } from "@hawser/testkit";
import { type HawserEnd, startHawser } from "./hawser-process.ts";
import { repository as home } from "./place.ts";

/** Parts of a config; each replaces the part of the same name. */
export type Blocks = Readonly<Record<string, unknown>>;

/** An application in a Git repository, two instances that are folders, a storage in a folder, and the real program. */
export interface SmallProject extends AsyncDisposable {
  readonly directory: string;
  readonly git: GitRepository;
  readonly instances: readonly string[];
  readonly storage: string;
  /** A file that no command may make. */
  readonly canary: string;
  /** Writes a config: the good one with these blocks in place of its own. Gives the file's name. */
  config(name: string, blocks?: Blocks): string;
  hawser(...argv: readonly string[]): Promise<HawserEnd>;
  /** One digest of every path, mode, and byte of a folder; names are read as bytes. */
  digest(folder: string, leaveOut?: (path: string) => boolean): string;
}

const digestOf = (folder: string, leaveOut: (path: string) => boolean): string => {
  const hash = createHash("sha256");
  const walk = (at: Buffer, path: string): void => {
    const names = readdirSync(at, { encoding: "buffer" }).sort(Buffer.compare);
    for (const name of names) {
      const inner = Buffer.concat([at, Buffer.from("/"), name]);
      const shown = path === "" ? name.toString("latin1") : `${path}/${name.toString("latin1")}`;
      if (leaveOut(shown)) continue;
      const stat = lstatSync(inner);
      hash.update(`${JSON.stringify(shown)} ${stat.mode.toString(8)}\n`);
      if (stat.isDirectory()) walk(inner, shown);
      else if (stat.isSymbolicLink()) hash.update(readlinkSync(inner, { encoding: "buffer" }));
      else hash.update(readFileSync(inner));
    }
  };
  walk(Buffer.from(folder), "");
  return hash.digest("hex");
};

const goodConfig = (directory: string, ids: readonly string[]): Blocks => ({
  app: "shop",
  source: { use: "@hawser/source-git", with: { url: join(directory, "application"), ref: "main" } },
  storage: { use: "@hawser/storage-fs", with: { directory: "./storage" } },
  transport: { use: "@hawser/transport-local" },
  installer: { use: "@hawser/installer-script", with: {} },
  inventory: {
    use: "@hawser/inventory-static",
    with: {
      instances: ids.map((id) => ({ id, address: "localhost", root: join(directory, "instances", id) })),
    },
  },
});

/** Lays the project out in a temporary folder. */
export const smallProject = async (): Promise<SmallProject> => {
  const directory = mkdtempSync(join(tmpdir(), "hawser-small-"));
  const ids = ["web1", "web2"];
  for (const id of ids) mkdirSync(join(directory, "instances", id), { recursive: true });
  mkdirSync(join(directory, "config"));
  symlinkSync(join(home, "node_modules"), join(directory, "node_modules"));
  const git = await createRepository(join(directory, "application"));
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: join(directory, "home"),
    XDG_CACHE_HOME: join(directory, "cache"),
  };
  return {
    directory,
    git,
    instances: ids.map((id) => join(directory, "instances", id)),
    storage: join(directory, "config/storage"),
    canary: join(directory, "config/canary"),
    config: (name, blocks = {}) => {
      writeFileSync(
        join(directory, "config", `${name}.json`),
        JSON.stringify({ ...goodConfig(directory, ids), ...blocks }),
      );
      return `${name}.json`;
    },
    hawser: async (...argv) =>
      await startHawser({ cwd: join(directory, "config"), env, argv: [...argv, "--json"] }).ended,
    digest: (folder, leaveOut = () => false) => digestOf(folder, leaveOut),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
};
