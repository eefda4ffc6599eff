import { execFileSync } from "node:child_process";
import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { Secret } from "@hawser/core/plugin";
import {
  describeSource,
  type RsyncDaemon,
  type RsyncSshServer,
  startRsyncDaemon,
  startRsyncSshServer,
  type TreeTexts,
  temporaryDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll } from "vitest";
import { rsyncTrial, writeFiles } from "./trial.ts";

/** Files of the same length and maybe of the same second, a link, and a file that goes. */
const writeTree = async (root: string, count: number): Promise<TreeTexts> => {
  const tree = {
    "index.html": `version ${count}\n`,
    "src/app/main.php": "<?php\n",
    [`only-in/${count}.txt`]: `${count}\n`,
  };
  await rm(join(root, `only-in/${count - 1}.txt`), { force: true });
  await writeFiles(root, { ...tree, ".git/config": "never" });
  if (count === 1) await symlink("../index.html", join(root, "src/link"));
  return { ...tree, "src/link": "-> ../index.html" };
};

const writeArchive = async (root: string, count: number): Promise<TreeTexts> => {
  const content = temporaryDirectory("hawser-rsync-archive-");
  const tree = { "index.html": "x".repeat(20_000 * count), "a/b.txt": "same\n" };
  await writeFiles(content, tree);
  execFileSync("tar", ["-cf", join(root, "shop.tar"), "-C", content, "."]);
  await rm(content, { recursive: true });
  return tree;
};

const password = "pass-4f9a8b7c6d5e";

let root: string;
let daemon: RsyncDaemon;
let ssh: RsyncSshServer;
beforeAll(async () => {
  root = temporaryDirectory("hawser-rsync-root-");
  daemon = await startRsyncDaemon({ apps: { path: root, logins: { deploy: password } } });
  ssh = await startRsyncSshServer();
});
afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await ssh[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

const overDaemon = (path: string) => ({
  url: daemon.url(`apps/${path}`, "deploy"),
  password: new Secret(password),
});
const overSsh = (path: string) => {
  const { privateKey, knownHosts } = ssh;
  return { url: ssh.url(join(root, path)), privateKey, knownHosts };
};

describeSource("source-rsync: a tree of a daemon", {
  create: () => rsyncTrial({ root, write: writeTree, options: overDaemon, secrets: [password] }),
});

describeSource("source-rsync: a tree over SSH", {
  create: () => rsyncTrial({ root, write: writeTree, options: overSsh }),
});

describeSource("source-rsync: an archive of a daemon", {
  create: () =>
    rsyncTrial({
      root,
      write: writeArchive,
      options: (name) => overDaemon(`${name}/shop.tar`),
      secrets: [password],
    }),
});
