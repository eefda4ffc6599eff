import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnProgram } from "@hawser/core";
import { afterAll } from "vitest";
import { buildPackages } from "../shows/built.ts";
import { repository } from "../shows/place.ts";

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

/** The packages that are published, by their folders in `packages`. */
export const publicPackages = (): readonly string[] =>
  readdirSync(join(repository, "packages")).filter((name) => {
    const manifest = readFileSync(join(repository, "packages", name, "package.json"), "utf8");
    return (JSON.parse(manifest) as { readonly private?: boolean }).private !== true;
  });

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

const pack = async (): Promise<ReadonlyMap<string, Tarball>> => {
  const folder = await mkdtemp(join(tmpdir(), "hawser-tarballs-"));
  folders.push(folder);
  await buildPackages(publicPackages());
  // One npm for all: its start costs more than any of the tarballs.
  const argv = ["pack", "--json", "--ignore-scripts", `--pack-destination=${folder}`];
  argv.push(...publicPackages().map((name) => `--workspace=packages/${name}`));
  const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
  const packed = await spawnProgram("npm", argv, { cwd: repository, env });
  if (packed.exitCode !== 0) throw new Error(`the packages cannot be packed: ${packed.stderr}`);
  const listed = JSON.parse(packed.stdout) as (Omit<Tarball, "path"> & { readonly filename: string })[];
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
