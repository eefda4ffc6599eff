import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { spawnProgram } from "@hawser/core";
import { describe, expect, it } from "vitest";
import { repository } from "../shows/place.ts";

const built = join(homedir(), ".cache/hawser-tools/bin/actionlint");

const own = readdirSync(join(repository, ".github/workflows")).map((name) => `.github/workflows/${name}`);
const given = [
  "examples/ci/github-actions.yml",
  "packages/create-hawser-plugin/templates/shared/_github/workflows/check.yml",
];

const text = (path: string): string => readFileSync(join(repository, path), "utf8");

/** The jobs of a workflow by name, as they are written. */
const jobs = (path: string): ReadonlyMap<string, string> => {
  const [, after = ""] = text(path).split(/^jobs:\n/m);
  const parts = after.split(/^ {2}([a-z-]+):\n/m).slice(1);
  return new Map(parts.flatMap((name, index) => (index % 2 === 0 ? [[name, parts[index + 1] ?? ""]] : [])));
};

describe.each([...own, ...given])("the workflow %s", (path) => {
  it("is one that GitHub accepts", async () => {
    const file = existsSync(built) ? built : "actionlint";
    const argv = ["-no-color", "-oneline", "-shellcheck", "shellcheck", "-pyflakes", "", path];
    const end = await spawnProgram(file, argv, { cwd: repository, env: { PATH: process.env.PATH ?? "" } });
    expect(end.stdout + end.stderr).toBe("");
    expect(end.exitCode).toBe(0);
  });
});

describe.each(own)("the repository's own workflow %s", (path) => {
  it("runs actions of others by their commit", () => {
    const actions = [...text(path).matchAll(/uses: (\S+)/g)].map(([, action]) => action);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  });

  it("uses no secret, which a fork could ask for", () => {
    expect(text(path)).not.toMatch(/secrets\./);
  });
});

describe("the workflow that publishes", () => {
  it("lets one job prove who it is, and that one write nothing into the repository", () => {
    const may = [...jobs(".github/workflows/release.yml")].filter(([, job]) =>
      job.includes("id-token: write"),
    );
    expect(may.map(([name]) => name)).toEqual(["publish"]);
    expect(may[0]?.[1]).not.toMatch(/(contents|pull-requests): write/);
  });
});
