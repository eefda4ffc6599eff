import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_SSH_HOST: {
    message: (what: string, value: string): string => `${what} ${JSON.stringify(value)} is not allowed`,
    hint: "Host names are letters, digits, dots and hyphens, or an IP address; users are letters, digits, dots, hyphens and underscores; jump hosts are user@host:port, a chain by comma.",
  },
  HWS_SSH_KEY: {
    message: (where: string, why: string): string => `the private key ${where} cannot be used: ${why}`,
    hint: "Give a key without a passphrase that only its owner can read, or load the key into an SSH agent and set `agent: true`.",
  },
  HWS_SSH_KNOWN_HOSTS: {
    message: (where: string, why: string): string => `the known_hosts file ${where} cannot be used: ${why}`,
    hint: "Check `knownHosts`: each path is read as an OpenSSH known_hosts file.",
  },
  HWS_SSH_ALGORITHMS: {
    message: (host: string, why: string): string => `no way to speak with the SSH server at ${host}: ${why}`,
    hint: "The server allows only algorithms that the driver lacks; `driver: openssh` uses those of the installed ssh.",
  },
  HWS_SSH_PROGRAM: {
    message: (why: string): string => `the ssh program cannot be started: ${why}`,
    hint: "Install the OpenSSH client on this machine, or use `driver: ssh2`.",
  },
  HWS_SSH_FORWARD: {
    message: (host: string, to: string, why: string): string =>
      `${host} did not open a connection to ${to}: ${why}`,
    hint: "Check that the path or address exists there and that its sshd allows forwarding (AllowTcpForwarding, AllowStreamLocalForwarding).",
    retryable: true,
  },
  HWS_SSH_SFTP: {
    message: (host: string, why: string): string => `${host} opened no SFTP session: ${why}`,
    hint: "Its sshd needs the subsystem: `Subsystem sftp internal-sftp` in sshd_config; a login script must print nothing.",
  },
  HWS_SSH_SFTP_STATUS: {
    message: (host: string, path: string, why: string): string =>
      `${host} did not give ${JSON.stringify(path)}: ${why}`,
    hint: "Check the path, as the SFTP server names it, and the rights of the user there.",
  },
  HWS_SSH_SFTP_ANSWER: {
    message: (host: string, path: string): string =>
      `${host} answered a request about ${JSON.stringify(path)} with what SFTP does not allow`,
    hint: "The server is broken, or not what it seems: try `sftp` by hand, and ask who runs it.",
  },
  HWS_TRANSPORT_UNREACHABLE: {
    message: (host: string, why: string): string => `${host} does not answer: ${why}`,
    hint: "Check that the machine is up, that its SSH server runs on this port, and the network and jump hosts on the way.",
    retryable: true,
  },
  HWS_TRANSPORT_HOST_KEY: {
    message: (host: string, type: string, fingerprint: string, why: string): string =>
      `the host key of ${host} was refused: it offered ${type} ${fingerprint}, ${why}`,
  },
  HWS_TRANSPORT_AUTH: {
    message: (host: string, user: string, tried: string): string =>
      `${host} refused the user ${user}: tried ${tried}`,
    hint: "Check `user`, and that its authorized_keys there holds the public half of the key.",
  },
  HWS_TRANSPORT_LOST: {
    message: (host: string, why: string): string => `the connection to ${host} was lost: ${why}`,
    hint: "What was done there is kept; run the same command again.",
    retryable: true,
  },
};

/** Every error that this package makes. */
export const errors: Makers<typeof entries> = defineErrors(entries);
