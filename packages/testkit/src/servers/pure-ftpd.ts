import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type SpawnResult, spawnProgram } from "@hawser/core";
import { type FtpProgram, type FtpServer, keptProgram, startFtpProgram } from "./ftp-server.ts";

const username = "deploy";

const run = async (file: string, argv: readonly string[], input = ""): Promise<SpawnResult> => {
  const result = await spawnProgram(file, argv, { input });
  if (result.exitCode !== 0) throw new Error(`${file}: ${result.stderr}`);
  return result;
};

const program: FtpProgram = {
  name: "pure-ftpd",
  username,
  prepare: async ({ directory, root, port, secure, certificate, password }) => {
    const users = join(directory, "users");
    const database = join(directory, "users.pdb");
    // Its own tool hashes for a second, and each login then does too; crypt(3) is read as well.
    const { stdout: hash } = await run("openssl", ["passwd", "-6", "-stdin"], password);
    // A virtual user; the system's second user has few rights and is everywhere.
    await writeFile(users, `${username}:${hash.trim()}:1:1::${root}/./::::::::::::\n`);
    await run(keptProgram("bin/pure-pw", "pure-pw"), ["mkdb", database, "-f", users]);
    await chmod(database, 0o644);
    const tls = secure === false ? ["-Y", "0"] : ["-Y", "2", "-2", certificate];
    return [
      keptProgram("bin/pure-ftpd", "pure-ftpd"),
      ...["-S", `127.0.0.1,${port}`, "-l", `puredb:${database}`, ...tls],
      ...["-A", "-E", "-H", "-g", join(directory, "pid"), "-u", "1", "-f", "none"],
    ];
  },
};

/** Starts Pure-FTPd: MLSD, TLS sessions may be new on each data connection. It has no implicit TLS, and needs root. */
export const startPureFtpd = (options: { readonly secure?: boolean } = {}): Promise<FtpServer> =>
  startFtpProgram(program, options);
