import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../command.mjs";
import { gitSsh } from "./ssh.mjs";

const capfile = `
require "capistrano/setup"
require "capistrano/deploy"
require "capistrano/scm/git"
install_plugin Capistrano::SCM::Git
`;

/** Every instance clones the repository itself, with a deploy key that lies on it. */
const deploy = ({ root, git, keep }) => `
lock "~> 3.17"
set :application, "bench"
set :repo_url, "${git.url}"
set :branch, "main"
set :deploy_to, "${root}"
set :keep_releases, ${keep}
set :git_environmental_variables, { git_askpass: "/bin/echo", git_ssh_command: ${JSON.stringify(gitSsh(git))} }
`;

const stage = ({ fleet }) =>
  [
    ...fleet.instances.map(
      ({ address, port }) => `server "${address}", user: "${fleet.user}", port: ${port}, roles: %w{web}`,
    ),
    `set :ssh_options, keys: ["${fleet.privateKey}"], keys_only: true, user_known_hosts_file: "${fleet.knownHosts}", verify_host_key: :always, auth_methods: ["publickey"]`,
    "",
  ].join("\n");

export const capistrano = {
  key: "capistrano",
  name: "Capistrano",
  programs: ["cap"],
  packages: ["capistrano", "ruby-ed25519", "ruby-bcrypt-pbkdf"],
  open: (place) => {
    mkdirSync(join(place.folder, "config/deploy"), { recursive: true });
    writeFileSync(join(place.folder, "Capfile"), capfile);
    writeFileSync(join(place.folder, "config/deploy.rb"), deploy(place));
    writeFileSync(join(place.folder, "config/deploy/production.rb"), stage(place));
    const env = { PATH: process.env.PATH, HOME: place.folder, LANG: "C.UTF-8" };
    const options = { cwd: place.folder, env, log: join(place.folder, "output.log") };
    return { deploy: () => run("cap", ["production", "deploy"], options) };
  },
};
