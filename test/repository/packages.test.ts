import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const names = readdirSync(join(root, "packages"));
const libraries = [
  ...["core", "cli", "create-hawser-plugin", "testkit", "ssh", "s3", "aws", "salt"],
  ...["report", "dashboard"],
];

interface Manifest {
  readonly name: string;
  readonly license?: string;
  readonly engines?: { readonly node?: string };
  readonly exports?: Record<string, unknown>;
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

const manifest = (name: string): Manifest =>
  JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));

const sources = (name: string): { file: string; text: string }[] =>
  readdirSync(join(root, "packages", name, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({ file, text: readFileSync(join(root, "packages", name, "src", file), "utf8") }));

const imports = (text: string): string[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, specifier]) => specifier ?? "");

/** Which packages of Hawser a package may import: the arrows of ARCHITECTURE.md. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  core: [],
  ssh: ["@hawser/core/plugin"],
  aws: ["@hawser/core/plugin"],
  s3: ["@hawser/core/plugin", "@hawser/aws"],
  salt: ["@hawser/core/plugin"],
  testkit: ["@hawser/core/plugin", "@hawser/core"],
  report: ["@hawser/core", "@hawser/core/plugin"],
  dashboard: ["@hawser/core", "@hawser/core/plugin", "@hawser/report", "@hawser/report/text"],
  cli: ["@hawser/core", "@hawser/core/plugin", "@hawser/report", "@hawser/report/text", "@hawser/dashboard"],
  "create-hawser-plugin": [],
  "transport-ssh": ["@hawser/core/plugin", "@hawser/ssh"],
  "lb-haproxy": ["@hawser/core/plugin", "@hawser/ssh"],
  "lb-aws": ["@hawser/core/plugin", "@hawser/aws"],
  "inventory-aws": ["@hawser/core/plugin", "@hawser/aws"],
  "transport-salt": ["@hawser/core/plugin", "@hawser/salt"],
  "inventory-salt": ["@hawser/core/plugin", "@hawser/salt"],
  "installer-java": ["@hawser/core/plugin", "@hawser/installer-script"],
  "installer-node": ["@hawser/core/plugin", "@hawser/installer-script"],
  "installer-php": ["@hawser/core/plugin", "@hawser/installer-script"],
  // A Symfony application is a PHP application.
  "installer-symfony": ["@hawser/core/plugin", "@hawser/installer-script", "@hawser/installer-php"],
  "installer-magento": ["@hawser/core/plugin", "@hawser/installer-script", "@hawser/installer-php"],
  "installer-shopware": ["@hawser/core/plugin", "@hawser/installer-script", "@hawser/installer-php"],
  "source-sftp": ["@hawser/core/plugin", "@hawser/ssh"],
  "source-s3": ["@hawser/core/plugin", "@hawser/aws", "@hawser/s3"],
  "storage-s3": ["@hawser/core/plugin", "@hawser/s3"],
  // The one provider that is another one under other names (ADR 15).
  "storage-minio": ["@hawser/core/plugin", "@hawser/storage-s3"],
};

describe.each(names)("package %s", (name) => {
  it("imports only what the arrows allow", () => {
    const allowed = arrows[name] ?? ["@hawser/core/plugin"];
    const wrong = sources(name).flatMap(({ file, text }) =>
      imports(text)
        .filter((specifier) => specifier.startsWith("@hawser/") && !allowed.includes(specifier))
        .map((specifier) => `${file}: ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it("has a README, a licence, the Node floor and its entry", () => {
    const { license, engines, exports } = manifest(name);
    expect(existsSync(join(root, "packages", name, "README.md"))).toBe(true);
    expect(license).toBe("Apache-2.0");
    expect(engines?.node).toBe(">=20.19");
    expect(Object.keys(exports ?? {})).toContain(".");
  });

  it("has small files: none over 300 lines", () => {
    const long = sources(name).filter(({ text }) => text.split("\n").length > 300);
    expect(long.map(({ file }) => file)).toEqual([]);
  });

  it("starts programs in one place and never through a shell", () => {
    const shells = sources(name).filter(({ text }) => /shell:\s*true|\bexecSync\(|\bexec\(\s*`/.test(text));
    expect(shells.map(({ file }) => file)).toEqual([]);
  });
});

describe.each(names.filter((name) => !libraries.includes(name)))("provider %s", (name) => {
  it("has a contract test and a strict options schema", async () => {
    const tests = readdirSync(join(root, "packages", name, "test"));
    expect(tests.some((file) => file.includes("contract"))).toBe(true);
    const plugin = (await import(join(root, "packages", name, "src/index.ts"))).default;
    expect(plugin.name).toBe(`@hawser/${name}`);
    expect(plugin.schema.additionalProperties).toBe(false);
  });

  it("has core as peer and at most two libraries of others", () => {
    const { dependencies, peerDependencies } = manifest(name);
    expect(Object.keys(peerDependencies ?? {})).toContain("@hawser/core");
    const others = Object.keys(dependencies ?? {}).filter((each) => !each.startsWith("@hawser/"));
    expect(others.length).toBeLessThanOrEqual(2);
  });
});

describe("the authoring entry", () => {
  it("reaches no dependency: a plugin pulls neither ajv nor yaml nor a container", () => {
    const seen = new Set<string>();
    const foreign: string[] = [];
    const visit = (file: string) => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = readFileSync(file, "utf8").replace(/^(?:import|export) type .*$/gm, "");
      for (const specifier of imports(text)) {
        if (specifier.startsWith(".")) visit(join(file, "..", specifier));
        else if (!specifier.startsWith("node:")) foreign.push(`${file}: ${specifier}`);
      }
    };
    visit(join(root, "packages/core/src/plugin.ts"));
    expect(foreign).toEqual([]);
  });
});
