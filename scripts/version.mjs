// `npm run version-packages`: gives the packages the versions that the changesets ask for.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const run = (file, args) => {
  const { status } = spawnSync(file, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
};

run("npx", ["--no-install", "changeset", "version"]);

const manifests = readdirSync("packages").map((name) => join("packages", name, "package.json"));
const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const { version } = read(join("packages", "core", "package.json"));
const [major, minor] = version.split(".").map(Number);

// A package was tested with this core; every later one serves its `apiVersion` until the next major version.
const range = `>=${major}.${minor}.0 <${Math.max(2, major + 1)}`;
for (const path of manifests) {
  const manifest = read(path);
  if (manifest.peerDependencies?.["@hawser/core"] === undefined) continue;
  manifest.peerDependencies["@hawser/core"] = range;
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

if (!process.argv.includes("--no-lockfile"))
  run("npm", ["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]);
