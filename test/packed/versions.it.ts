import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnProgram } from "@hawser/core";
import { expect, it, onTestFinished } from "vitest";
import { repository } from "../shows/place.ts";
import { publicPackages } from "./tarballs.ts";

interface Manifest {
  readonly version: string;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The manifests of the repository in a folder of their own, which is one of Git, with one changeset. */
const workspace = async (changeset: string): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), "hawser-versions-"));
  onTestFinished(async () => await rm(directory, { recursive: true, force: true }));
  await mkdir(join(directory, ".changeset"));
  await cp(join(repository, ".changeset/config.json"), join(directory, ".changeset/config.json"));
  await cp(join(repository, "package.json"), join(directory, "package.json"));
  await symlink(join(repository, "node_modules"), join(directory, "node_modules"));
  for (const name of publicPackages()) {
    await mkdir(join(directory, "packages", name), { recursive: true });
    const manifest = join("packages", name, "package.json");
    await cp(join(repository, manifest), join(directory, manifest));
  }
  await writeFile(join(directory, ".changeset/change.md"), changeset);
  const git = ["-c", "user.name=Hawser", "-c", "user.email=hawser@localhost"];
  for (const argv of [
    ["init", "-q", "-b", "main"],
    ["add", ".changeset", "packages"],
    [...git, "commit", "-qm", "One"],
  ])
    await spawnProgram("git", argv, { cwd: directory });
  return directory;
};

it("a minor step of core is one of every package, and a major one of none", async () => {
  const before = JSON.parse(await readFile(join(repository, "packages/core/package.json"), "utf8"));
  const [major = 0, minor = 0] = (before as Manifest).version.split(".").map(Number);
  const directory = await workspace('---\n"@hawser/core": minor\n---\n\nSomething new.\n');
  const argv = [join(repository, "scripts/version.mjs"), "--no-lockfile"];
  const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
  const end = await spawnProgram("node", argv, { cwd: directory, env });
  expect(end.exitCode, end.stdout + end.stderr).toBe(0);
  for (const name of publicPackages()) {
    const text = await readFile(join(directory, "packages", name, "package.json"), "utf8");
    const { version, peerDependencies } = JSON.parse(text) as Manifest;
    expect(version, name).toBe(`${major}.${minor + 1}.0`);
    const range = peerDependencies?.["@hawser/core"];
    if (range !== undefined) expect(range, name).toBe(`>=${major}.${minor + 1}.0 <${Math.max(2, major + 1)}`);
  }
});
