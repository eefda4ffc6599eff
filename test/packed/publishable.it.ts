import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join, posix } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { repository } from "../shows/place.ts";
import { type Content, contentOf, fileOf } from "./content.ts";
import { publicPackages, type Tarball, tarballs } from "./tarballs.ts";

/** Ways to resolve that a package of ES modules alone leaves to older tools: attw's profile `esm-only`. */
const leftOut = new Set(["node10", "node16-cjs"]);

/** What a package that is scaffolded from has in it belongs to somebody else's package. */
const isTemplate = (path: string): boolean => path.startsWith("templates/");

const unwanted = /(^|\/)(src|tests?)\/|\.map$|\.tsbuildinfo$|\.(test|it)\.[a-z]+$/;

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** Whether the types of a package are in another one, which nobody has who did not ask for it. */
const hasTypesElsewhere = (specifier: string): boolean => {
  const from = join(repository, "test/packed/any.ts");
  const options = { module: ts.ModuleKind.NodeNext };
  const found = ts.resolveModuleName(specifier, from, options, ts.sys).resolvedModule;
  return found?.resolvedFileName.includes("/@types/") === true;
};

describe.each(publicPackages())("package %s as published", (folder) => {
  let tarball: Tarball;
  let content: Content;

  beforeAll(async () => {
    const manifest = await readFile(join(repository, "packages", folder, "package.json"), "utf8");
    tarball = (await tarballs()).get(JSON.parse(manifest).name) as Tarball;
    content = await contentOf(tarball);
  });

  it("has its README, the licence of the repository and its entry", async () => {
    expect(content.paths).toEqual(expect.arrayContaining(["README.md", "package.json"]));
    expect(content.text("LICENSE")).toBe(await readFile(join(repository, "LICENSE"), "utf8"));
    expect(content.paths.some((path) => path.startsWith("dist/"))).toBe(true);
  });

  it("has no tests, sources, maps or state of the build", () => {
    expect(content.paths.filter((path) => !isTemplate(path) && unwanted.test(path))).toEqual([]);
  });

  it("has the programs that it names, to be executed", () => {
    const programs = Object.values<string>(content.manifest.bin ?? {}).map((path) => posix.normalize(path));
    const executable = tarball.files.filter(({ mode }) => (mode & 0o111) === 0o111).map(({ path }) => path);
    expect(executable).toEqual(expect.arrayContaining(programs));
  });

  it("is found good by publint, its warnings and suggestions counted", async () => {
    const { messages } = await publint({ pack: { tarball: content.bytes }, strict: true });
    expect(messages).toEqual([]);
  });

  it("has types that agree with what runs", async () => {
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(content.bytes)));
    const problems: readonly { readonly kind: string; readonly resolutionKind?: string }[] =
      analysis.types === false ? [{ kind: "NoTypes" }] : analysis.problems;
    expect(problems.filter(({ resolutionKind }) => !leftOut.has(resolutionKind ?? ""))).toEqual([]);
  });

  it("imports what it declares, and files that it has", () => {
    const { name, dependencies, peerDependencies } = content.manifest;
    const declared = new Set([name, ...Object.keys({ ...dependencies, ...peerDependencies })]);
    const wrong = content
      .imports()
      .filter(({ path, specifier }) =>
        specifier.startsWith(".")
          ? !content.paths.includes(fileOf({ path, specifier }))
          : !isBuiltin(specifier) && !declared.has(packageOf(specifier)),
      );
    expect(wrong).toEqual([]);
  });

  it("has types of its own for all that its declarations name", () => {
    const foreign = content.importsOfTypes().filter(({ specifier }) => !isBuiltin(specifier));
    expect(foreign.filter(({ specifier }) => hasTypesElsewhere(specifier))).toEqual([]);
  });

  it("asks for other packages of Hawser by ranges that a registry understands", () => {
    const { dependencies, peerDependencies } = content.manifest;
    const ranges = Object.entries({ ...dependencies, ...peerDependencies })
      .filter(([name]) => name.startsWith("@hawser/"))
      .map(([, range]) => range);
    for (const range of ranges) expect(range).toMatch(/^(\^\d+\.\d+\.\d+|>=\d+\.\d+\.\d+ <\d+)$/);
  });
});
