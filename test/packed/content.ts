import { readFile } from "node:fs/promises";
import { posix } from "node:path";
import { createPackageFromTarballData } from "@arethetypeswrong/core";
import ts from "typescript";
import type { Tarball } from "./tarballs.ts";

interface PublishedManifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string | { readonly types?: string }>>;
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
  imports(): readonly Import[];
  /** What the declarations import that the compiler reads for somebody who imports the package. */
  importsOfTypes(): readonly Import[];
}

export interface Import {
  /** Of the file that imports. */
  readonly path: string;
  readonly specifier: string;
}

/** The file that an import means; a declaration names its sources, beside which the compiler looks for declarations. */
export const fileOf = ({ path, specifier }: Import): string => {
  const file = posix.join(posix.dirname(path), specifier);
  return path.endsWith(".d.ts") ? file.replace(/(?<!\.d)\.[jt]s$/, ".d.ts") : file;
};

/** The files and all that they import, theirs first. */
const reach = (
  files: readonly string[],
  importsOf: (path: string) => readonly Import[],
): readonly Import[] => {
  const seen = new Set<string>();
  const visit = (path: string): readonly Import[] => {
    if (seen.has(path)) return [];
    seen.add(path);
    return importsOf(path).flatMap((each) => (each.specifier.startsWith(".") ? visit(fileOf(each)) : [each]));
  };
  return files.flatMap(visit);
};

const isModule = /^(dist|bin)\/.*\.(js|ts)$/;

export const contentOf = async (tarball: Tarball): Promise<Content> => {
  const bytes = new Uint8Array(await readFile(tarball.path));
  const unpacked = createPackageFromTarballData(bytes);
  const prefix = `/node_modules/${tarball.name}/`;
  const paths = tarball.files.map(({ path }) => path);
  const text = (path: string) => unpacked.readFile(prefix + path);
  const manifest = JSON.parse(text("package.json")) as PublishedManifest;
  const importsOf = (path: string): readonly Import[] =>
    ts.preProcessFile(text(path)).importedFiles.map(({ fileName }) => ({ path, specifier: fileName }));
  const entries = Object.values(manifest.exports ?? {}).flatMap((entry) =>
    typeof entry === "string" || entry.types === undefined ? [] : [posix.normalize(entry.types)],
  );
  return {
    bytes: bytes.buffer,
    paths,
    manifest,
    text,
    imports: () => paths.filter((path) => isModule.test(path)).flatMap(importsOf),
    importsOfTypes: () => reach(entries, importsOf),
  };
};
