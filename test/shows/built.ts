import { readdirSync } from "node:fs";
import { join } from "node:path";
import { spawnProgram } from "@hawser/core";
import { repository } from "./place.ts";

const used = [
  "cli",
  "source-directory",
  "source-ftp",
  "source-git",
  "source-http",
  "source-jenkins",
  "source-rsync",
  "source-s3",
  "source-sftp",
  "source-svn",
  "storage-fs",
  "storage-minio",
  "storage-s3",
  "transport-local",
  "transport-ssh",
  "inventory-aws",
  "inventory-static",
  "lb-aws",
  "lb-haproxy",
  "listener-command",
  "listener-opentelemetry",
  "listener-webhook",
  ...readdirSync(join(repository, "packages")).filter((name) => name.startsWith("installer-")),
];

/** Builds packages, by their folders; quick when nothing changed. */
export const buildPackages = async (names: readonly string[]): Promise<void> => {
  const argv = ["--no-install", "tsc", "-b", ...names.map((name) => `packages/${name}`)];
  const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
  const result = await spawnProgram("npx", argv, { cwd: repository, env });
  if (result.exitCode !== 0) throw new Error(`the packages do not build: ${result.stdout}${result.stderr}`);
};

let building: Promise<void> | undefined;

/** Builds what the command line and the plugins of the stage are made of; quick when nothing changed. */
export const built = (): Promise<void> => {
  building ??= buildPackages(used);
  return building;
};
