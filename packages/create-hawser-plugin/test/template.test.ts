import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { templateKinds } from "../src/index.ts";
import { create, temporary, textsOf } from "./place.ts";

const repository = join(import.meta.dirname, "../../..");
const rootManifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));

const made = async (kind: string, ...more: readonly string[]) => {
  const cwd = temporary();
  await create(cwd, "here", "--kind", kind, "--name", "@acme/hawser-example", ...more);
  return textsOf(join(cwd, "here"));
};

const packageOf = (specifier: string): string =>
  specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");

/** The packages that files import. */
const imports = (files: ReadonlyMap<string, string>, folder: string): readonly string[] => [
  ...new Set(
    [...files]
      .filter(([path]) => path.startsWith(folder) && path.endsWith(".ts"))
      .flatMap(([, text]) => [...text.matchAll(/from "([^."][^"]*)"/g)].map(([, from]) => from ?? ""))
      .filter((specifier) => !isBuiltin(specifier))
      .map(packageOf),
  ),
];

describe.each(templateKinds)("the template of a %s", (kind) => {
  it("has no placeholder left, and its name where it belongs", async () => {
    const files = await made(kind);
    for (const [path, text] of files) expect(text, path).not.toMatch(/__[a-z]+__/);
    expect(files.get("src/index.ts")).toContain('name: "@acme/hawser-example"');
    expect(files.get("README.md")).toMatch(/^# @acme\/hawser-example\n/);
  });

  it("asks for each package that it imports, of the versions that the repository is tested with", async () => {
    const files = await made(kind);
    const { peerDependencies, dependencies, devDependencies } = JSON.parse(files.get("package.json") ?? "");
    for (const name of imports(files, "src/"))
      expect(Object.keys({ ...peerDependencies, ...dependencies })).toContain(name);
    for (const name of imports(files, "test/"))
      expect(Object.keys({ ...dependencies, ...devDependencies })).toContain(name);
    for (const [name, range] of Object.entries({
      ...dependencies,
      ...devDependencies,
    })) {
      const { version } = name.startsWith("@hawser/")
        ? JSON.parse(readFileSync(join(repository, "packages", name.slice(8), "package.json"), "utf8"))
        : { version: rootManifest.devDependencies[name].slice(1) };
      expect(range, name).toBe(`^${version}`);
    }
    expect(peerDependencies["@hawser/core"]).toMatch(/^>=\d+\.\d+\.\d+ <\d+$/);
  });

  it("has a conformance test, a test of its types, a workflow, and is found by its keyword", async () => {
    const files = await made(kind);
    const paths = [...files.keys()];
    expect(files.get("test/contract.test.ts")).toMatch(/\bdescribe[A-Z]\w+\("@acme\/hawser-example"/);
    expect(paths.some((path) => path.endsWith(".test-d.ts"))).toBe(true);
    expect(files.get(".github/workflows/check.yml")).toContain("npx hawser plugin check .");
    expect(paths).toContain(".gitignore");
    expect(JSON.parse(files.get("package.json") ?? "").keywords).toContain("hawser-plugin");
  });

  it("has the licence that was chosen", async () => {
    const apache = await made(kind);
    expect(apache.get("LICENSE")).toContain("Apache License");
    const mit = await made(kind, "--license", "mit");
    expect(mit.get("LICENSE")).toMatch(/^Copyright \(c\) \d{4} The authors of @acme\/hawser-example$/m);
    expect(JSON.parse(mit.get("package.json") ?? "").license).toBe("MIT");
    const none = await made(kind, "--license", "UNLICENSED");
    expect(none.has("LICENSE")).toBe(false);
    expect(JSON.parse(none.get("package.json") ?? "").license).toBe("UNLICENSED");
  });
});
