import { Secret } from "@hawser/core/plugin";
import { describeSource, startGitHttpServer, startGitSshServer } from "@hawser/testkit";
import { gitTrial } from "./trial.ts";

describeSource("source-git over SSH", {
  create: () =>
    gitTrial(async (root) => {
      const server = await startGitSshServer({ root });
      const { privateKey, knownHosts } = server;
      return {
        options: { url: server.url("shop"), ref: "main", privateKey, knownHosts },
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    }),
});

describeSource("source-git over SSH to a server that speaks the first protocol only", {
  create: () =>
    gitTrial(async (root) => {
      const server = await startGitSshServer({ root, protocol2: false });
      const { privateKey, knownHosts } = server;
      return {
        options: { url: server.url("shop"), ref: "main", privateKey, knownHosts },
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    }),
});

describeSource("source-git over HTTPS", {
  create: () =>
    gitTrial(async (root) => {
      const login = { user: "deploy", password: "tok-4f9a8b7c6d5e" };
      const server = await startGitHttpServer({ root, login });
      return {
        options: {
          url: server.url("shop/.git", "deploy"),
          ref: "main",
          token: new Secret(login.password),
          ca: server.authority,
        },
        secrets: [login.password],
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    }),
});
