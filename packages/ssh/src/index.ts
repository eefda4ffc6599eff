/**
 * SSH connections for plugins: host keys, jump hosts, two drivers.
 *
 * @module @hawser/ssh
 */

export { checkHost, checkPort, checkUser, describe, type Hop, parseJump } from "./address.ts";
export type { Connection, Shell } from "./connection.ts";
export { checkMeans } from "./means.ts";
export { SshProgram } from "./openssh/ssh-program.ts";
export { connect, Routes } from "./routes.ts";
export type { Sftp, SftpAttributes, SftpEntry, SftpFile } from "./sftp/sftp.ts";
export type { ConnectContext, SshTarget } from "./target.ts";
export { defaultKnownHosts } from "./trust.ts";
