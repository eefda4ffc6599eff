// `npm run release`: builds, and publishes each package whose version the registry does not have yet.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env;
if (server === undefined || name === undefined) {
  console.error("packages are published by .github/workflows/release.yml: GITHUB_REPOSITORY is not set");
  process.exit(2);
}

const run = (...args) => {
  const { status } = spawnSync("npx", ["--no-install", ...args], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
};

const folders = readdirSync("packages").map((folder) => join("packages", folder));
run("tsc", "-b", ...folders);

// Provenance is refused unless the package says that it comes from where the workflow runs.
for (const directory of folders) {
  const path = join(directory, "package.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  manifest.repository = { type: "git", url: `git+${server}/${name}.git`, directory };
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

// One tag for all, by the workflow: they have one version.
run("changeset", "publish", "--no-git-tag");
