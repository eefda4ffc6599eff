export { type GitHttpServer, type GitHttpServerOptions, startGitHttpServer } from "./git-http-server.ts";
export { type GitSshServer, type GitSshServerOptions, startGitSshServer } from "./git-ssh-server.ts";
