import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { spawnProgram } from "@hawser/core";
import { type FtpProgram, type FtpServer, keptProgram, startFtpProgram } from "./ftp-server.ts";

const username = "deploy";

const program: FtpProgram = {
  name: "pure-ftpd",
  username,
  prepare: async ({ directory, root, port, secure, certificate, password }) => {
    const users = join(directory, "users.pdb");
    // A virtual user; the system's second user has few rights and is everywhere.
    const identity = ["-u", "1", "-g", "1", "-d", root];
    const files = ["-f", join(directory, "users"), "-F", users, "-m"];
    const made = await spawnProgram(
      keptProgram("bin/pure-pw", "pure-pw"),
      ["useradd", username, ...identity, ...files],
      { input: `${password}\n${password}\n` },
    );
    if (made.exitCode !== 0) throw new Error(`pure-pw: ${made.stderr}`);
    await chmod(users, 0o644);
    const tls = secure === false ? ["-Y", "0"] : ["-Y", "2", "-2", certificate];
    return [
      // Each session closes every descriptor that it could have: a million of them take seconds.
      ...(["prlimit", "--nofile=1024", "--"] as const),
      keptProgram("bin/pure-ftpd", "pure-ftpd"),
      ...["-S", `127.0.0.1,${port}`, "-l", `puredb:${users}`, ...tls],
      ...["-A", "-E", "-H", "-g", join(directory, "pid"), "-u", "1", "-f", "none"],
    ];
  },
};

/** Starts Pure-FTPd: MLSD, TLS sessions may be new on each data connection. It has no implicit TLS, and needs root. */
export const startPureFtpd = (options: { readonly secure?: boolean } = {}): Promise<FtpServer> =>
  startFtpProgram(program, options);
