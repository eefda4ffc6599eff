export { type GitSshServer, type GitSshServerOptions, startGitSshServer } from "./git-ssh-server.ts";
