import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnProgram } from "@hawser/core";
import { afterAll } from "vitest";

const repository = join(import.meta.dirname, "../..");
const minutes = 60_000;

/** What npm says of one tarball that it packed. */
export interface Tarball {
  readonly name: string;
  readonly version: string;
  /** Where it lies. */
  readonly path: string;
  /** Its bytes, and those of what is in it. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number; readonly mode: number }[];
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
}

/** The folders of the packages that are published. */
export const publicPackages = (): readonly string[] =>
  readdirSync(join(repository, "packages"))
    .map((name) => join(repository, "packages", name))
    .filter(
      (folder) =>
        (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest).private !== true,
    );

const run = async (file: string, argv: readonly string[]): Promise<string> => {
  const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
  const end = await spawnProgram(file, argv, { cwd: repository, env, timeoutMs: 10 * minutes });
  if (end.exitCode !== 0) throw new Error(`${file} ${argv[0]}: ${end.stdout}${end.stderr}`);
  return end.stdout;
};

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

const pack = async (): Promise<ReadonlyMap<string, Tarball>> => {
  const folder = await mkdtemp(join(tmpdir(), "hawser-tarballs-"));
  folders.push(folder);
  await run("npx", ["--no-install", "tsc", "-b", ...publicPackages()]);
  // One npm for all: its start costs more than any of the tarballs.
  const argv = ["pack", "--json", "--ignore-scripts", `--pack-destination=${folder}`];
  const packed = await run("npm", [...argv, ...publicPackages().map((each) => `--workspace=${each}`)]);
  const listed = JSON.parse(packed) as (Omit<Tarball, "path"> & { readonly filename: string })[];
  return new Map(
    listed.map(({ filename, ...tarball }) => [tarball.name, { ...tarball, path: join(folder, filename) }]),
  );
};

let packing: Promise<ReadonlyMap<string, Tarball>> | undefined;

/** Builds and packs every public package once, as they are published; by name. They are removed when the test file has ended. */
export const tarballs = (): Promise<ReadonlyMap<string, Tarball>> => {
  packing ??= pack();
  return packing;
};
