import { execFileSync } from "node:child_process";
import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { Secret } from "@hawser/core/plugin";
import {
  describeSource,
  startRsyncDaemon,
  startRsyncSshServer,
  type TreeTexts,
  temporaryDirectory,
} from "@hawser/testkit";
import { type RsyncTrialServer, rsyncTrial, writeFiles } from "./trial.ts";

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

const overDaemon =
  (path: string) =>
  async (root: string): Promise<RsyncTrialServer> => {
    const daemon = await startRsyncDaemon({ apps: { path: root, logins: { deploy: password } } });
    return {
      options: { url: daemon.url(path, "deploy"), password: new Secret(password) },
      secrets: [password],
      [Symbol.asyncDispose]: () => daemon[Symbol.asyncDispose](),
    };
  };

const overSsh =
  (path: string) =>
  async (root: string): Promise<RsyncTrialServer> => {
    const server = await startRsyncSshServer();
    const { privateKey, knownHosts } = server;
    return {
      options: { url: server.url(join(root, path)), privateKey, knownHosts },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  };

describeSource("source-rsync: a tree of a daemon", {
  create: () => rsyncTrial({ write: writeTree, serve: overDaemon("apps/shop") }),
});

describeSource("source-rsync: a tree over SSH", {
  create: () => rsyncTrial({ write: writeTree, serve: overSsh("shop") }),
});

describeSource("source-rsync: an archive of a daemon", {
  create: () => rsyncTrial({ write: writeArchive, serve: overDaemon("apps/shop/shop.tar") }),
});

describeSource("source-rsync: an archive over SSH", {
  create: () => rsyncTrial({ write: writeArchive, serve: overSsh("shop/shop.tar") }),
});
