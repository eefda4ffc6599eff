import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SpawnResult, spawnProgram } from "@hawser/core";
import { freePort } from "@hawser/testkit";
import { repository } from "../shows/place.ts";
import type { NodeVersion } from "./node-versions.ts";
import type { Registry } from "./registry.ts";

/** How a person installs packages, and runs a program of them. */
export interface PackageManager {
  readonly name: string;
  readonly install: readonly string[];
  readonly run: readonly string[];
}

const pnpm = ["node", join(repository, "node_modules/pnpm/bin/pnpm.cjs")];

export const packageManagers: readonly PackageManager[] = [
  { name: "npm", install: ["npm", "install"], run: ["npx", "--no-install"] },
  { name: "pnpm", install: [...pnpm, "add"], run: [...pnpm, "exec"] },
];

const packages = [
  "cli",
  "core",
  "source-directory",
  "storage-fs",
  "transport-local",
  "inventory-static",
  "installer-script",
].map((name) => `@hawser/${name}`);

const strictly = [
  "--noEmit",
  "--strict",
  "--exactOptionalPropertyTypes",
  "--module",
  "nodenext",
  "--types",
  "node",
  "--typeRoots",
  join(repository, "node_modules/@types"),
];

/** A folder of somebody who has installed Hawser, with the application of the quickstart, until it is disposed. */
export interface Project extends AsyncDisposable {
  /** Runs a program of the project. */
  run(argv: readonly string[], node?: NodeVersion): Promise<SpawnResult>;
  /** Compiles a file of the project and all that it imports, strictly. */
  check(file: string): Promise<SpawnResult>;
  /** Changes the application. */
  greet(greeting: string): Promise<void>;
  /** What its one instance answers. */
  page(): Promise<string>;
}

export const makeProject = async (manager: PackageManager, registry: Registry): Promise<Project> => {
  const directory = await mkdtemp(join(tmpdir(), `hawser-with-${manager.name}-`));
  const at = (path: string): string => join(directory, path);
  const port = await freePort("127.0.0.1");
  await cp(join(import.meta.dirname, "project"), directory, { recursive: true });
  await cp(join(repository, "examples/quickstart"), at("app"), { recursive: true });
  await mkdir(at("web1/shared/run"), { recursive: true });
  await writeFile(at("web1/shared/run/port"), String(port));
  const caches = `cache=${at("cache")}\nstore-dir=${at("store")}\n`;
  await writeFile(at(".npmrc"), `@hawser:registry=${registry.url}\n${caches}`);
  const start = async ([file = "", ...argv]: readonly string[], node?: NodeVersion) =>
    await spawnProgram(file, argv, {
      cwd: directory,
      env: {
        PATH: [node?.directory, process.env.PATH].filter((each) => each !== undefined).join(":"),
        HOME: process.env.HOME ?? "",
        XDG_CACHE_HOME: at("cache"),
        WEB_ROOT: at("web1"),
      },
      timeoutMs: 300_000,
    });
  const project: Project = {
    run: async (argv, node) => await start([...manager.run, ...argv], node),
    check: async (file) =>
      await start(["node", join(repository, "node_modules/typescript/bin/tsc"), ...strictly, file]),
    greet: async (greeting) => await writeFile(at("app/greeting.txt"), `${greeting}\n`),
    page: async () => await (await fetch(`http://127.0.0.1:${port}/`)).text(),
    [Symbol.asyncDispose]: async () => {
      const pid = Number(await readFile(at("web1/shared/run/server.pid"), "utf8").catch(() => ""));
      if (pid > 0) process.kill(pid);
      await rm(directory, { recursive: true, force: true });
    },
  };
  const installed = await start([...manager.install, ...packages]);
  if (installed.exitCode === 0) return project;
  await project[Symbol.asyncDispose]();
  throw new Error(`${manager.name} cannot install: ${installed.stdout}${installed.stderr}`);
};
