import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Before PATH: Debian's program `mc` is another one. */
const folders = [join(homedir(), ".cache/hawser-tools/bin"), ...(process.env.PATH ?? "").split(":")];

/** What each program is asked for, what its answer names, and where it is to be had. */
const known = {
  mc: {
    ask: ["--version"],
    says: /MinIO/,
    from: `GOBIN=${join(homedir(), ".cache/hawser-tools/bin")} go install github.com/minio/mc@latest`,
  },
  aws: { ask: ["--version"], says: /aws-cli/, from: "pip install awscli, or the Debian package awscli" },
  rclone: { ask: ["version"], says: /rclone/, from: "the Debian package rclone" },
  curl: { ask: ["--version"], says: /curl/, from: "the Debian package curl" },
  sha256sum: { ask: ["--version"], says: /sha256sum/, from: "the Debian package coreutils" },
};

/** A program that runs here: its path, its version, and how long it takes until it has told it; undefined: none does. */
export const findProgram = (name) => {
  const { ask, says } = known[name];
  for (const path of folders.map((folder) => join(folder, name)).filter(existsSync)) {
    const { stdout } = spawnSync(path, ask, { encoding: "utf8", timeout: 60_000 });
    if (!says.test(stdout ?? "")) continue;
    return { path, version: stdout.split(/\s+/).slice(0, 3).join(" "), startMs: startOf(path, ask) };
  }
  return undefined;
};

export const originOf = (name) => known[name].from;

/** The shortest of some: what a program takes before it does anything. */
const startOf = (path, ask) => {
  const taken = [1, 2, 3, 4, 5].map(() => {
    const began = performance.now();
    spawnSync(path, ask, { stdio: "ignore" });
    return performance.now() - began;
  });
  return Math.min(...taken);
};

/** Runs a program to its end with nothing of this process's environment but PATH. */
export const run = (path, argv, env) =>
  new Promise((resolve, reject) => {
    const child = spawn(path, argv, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { PATH: process.env.PATH, ...env },
    });
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`${path} ended with ${code}`))));
  });
