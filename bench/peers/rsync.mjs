import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../command.mjs";
import { gitSsh, sshTo } from "./ssh.mjs";

/** What a careful person writes by hand: one work tree, one rsync for each instance at the same time, one rename. */
const script = ({ folder, root, fleet, git, keep }) => `#!/bin/sh
set -eu
export GIT_SSH_COMMAND='${gitSsh(git)}'
tree=${folder}/tree release=$(date +%Y%m%d%H%M%S%N)
if [ -d "$tree/.git" ]; then
  git -C "$tree" fetch --quiet origin main
  git -C "$tree" reset --quiet --hard origin/main
else
  git clone --quiet --branch main '${git.url}' "$tree"
fi
one() { # ADDRESS PORT
  ssh="${sshTo(fleet)} -p $2"
  previous=$($ssh "$1" 'mkdir -p ${root}/releases && readlink ${root}/current || :')
  rsync -a --delete --exclude=/.git \${previous:+--link-dest="${root}/$previous"} -e "$ssh" \\
    "$tree/" "$1:${root}/releases/$release/"
  $ssh "$1" "cd ${root} && ln -sfn releases/$release current.new && mv -T current.new current &&
    ls -1d releases/* | sort -r | tail -n +${keep + 1} | xargs -r rm -rf"
}
pids=
${fleet.instances.map(({ address, port }) => `one ${fleet.user}@${address} ${port} & pids="$pids $!"`).join("\n")}
for pid in $pids; do wait "$pid"; done
`;

export const rsync = {
  key: "rsync",
  name: "rsync --link-dest",
  programs: ["rsync", "ssh"],
  packages: ["rsync", "openssh-client"],
  open: (place) => {
    mkdirSync(place.folder, { recursive: true });
    const file = join(place.folder, "deploy.sh");
    writeFileSync(file, script(place), { mode: 0o755 });
    const env = { PATH: process.env.PATH, HOME: place.folder };
    return { deploy: () => run("sh", [file], { env, log: join(place.folder, "output.log") }) };
  },
};
