import { rmSync } from "node:fs";
import { Secret } from "@hawser/core/plugin";
import { describeSource, startSvnHttpServer, startSvnServer, startSvnSshServer } from "@hawser/testkit";
import { afterAll, beforeAll, describe } from "vitest";
import { repositoryRoot, type ServedRepositories, svnTrial } from "./trial.ts";

const login = { user: "deploy", password: "pw-4f9a8b7c6d5e" };
const credentials = { username: login.user, password: new Secret(login.password) };

type Served = Omit<ServedRepositories, "root"> & AsyncDisposable;

const describeServed = (name: string, serve: (root: string) => Promise<Served>): void => {
  describe(name, () => {
    let root: string;
    let served: Served;
    beforeAll(async () => {
      root = repositoryRoot();
      served = await serve(root);
    });
    afterAll(async () => {
      await served[Symbol.asyncDispose]();
      rmSync(root, { recursive: true, force: true });
    });
    describeSource(name, { create: () => svnTrial({ ...served, root }) });
  });
};

describeServed("source-svn over svn", async (root) => {
  const server = await startSvnServer({ root, users: { [login.user]: login.password } });
  return {
    options: (name) => ({ url: server.url(`${name}/trunk`), ...credentials }),
    secrets: [login.password],
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

describeServed("source-svn over HTTPS", async (root) => {
  const server = await startSvnHttpServer({ root, login });
  const ca = server.authority;
  return {
    options: (name) => ({ url: server.url(name), revision: "trunk", ca, ...credentials }),
    secrets: [login.password],
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

describeServed("source-svn over SSH", async (root) => {
  const server = await startSvnSshServer({ root });
  const { privateKey, knownHosts } = server;
  return {
    options: (name) => ({ url: server.url(`${name}/trunk`), privateKey, knownHosts }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});
