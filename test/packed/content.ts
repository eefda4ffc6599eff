import { readFile } from "node:fs/promises";
import { createPackageFromTarballData } from "@arethetypeswrong/core";
import ts from "typescript";
import type { Tarball } from "./tarballs.ts";

interface PublishedManifest {
  readonly name: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** What is in a tarball. */
export interface Content {
  readonly bytes: ArrayBuffer;
  /** Of its files, within the package. */
  readonly paths: readonly string[];
  readonly manifest: PublishedManifest;
  text(path: string): string;
  /** What its modules and declarations import. */
  imports(): readonly { readonly path: string; readonly specifier: string }[];
}

const isModule = /^(dist|bin)\/.*\.(js|ts)$/;

export const contentOf = async (tarball: Tarball): Promise<Content> => {
  const bytes = new Uint8Array(await readFile(tarball.path));
  const unpacked = createPackageFromTarballData(bytes);
  const prefix = `/node_modules/${tarball.name}/`;
  const paths = tarball.files.map(({ path }) => path);
  const text = (path: string) => unpacked.readFile(prefix + path);
  return {
    bytes: bytes.buffer,
    paths,
    manifest: JSON.parse(text("package.json")) as PublishedManifest,
    text,
    imports: () =>
      paths
        .filter((path) => isModule.test(path))
        .flatMap((path) =>
          ts.preProcessFile(text(path)).importedFiles.map(({ fileName }) => ({ path, specifier: fileName })),
        ),
  };
};
