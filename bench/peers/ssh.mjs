/** The ssh command by which an instance is reached: the same key and the same checked host keys for every peer. */
export const sshTo = ({ privateKey, knownHosts }) => `ssh ${sshOptions({ privateKey, knownHosts })}`;

/** The ssh command by which the Git server is reached. */
export const gitSsh = (git) => `ssh ${sshOptions(git)}`;

export const sshOptions = ({ privateKey, knownHosts }) =>
  ["-F none", `-i ${privateKey}`, `-o UserKnownHostsFile=${knownHosts}`]
    .concat(["-o StrictHostKeyChecking=yes", "-o IdentitiesOnly=yes", "-o BatchMode=yes"])
    .join(" ");
