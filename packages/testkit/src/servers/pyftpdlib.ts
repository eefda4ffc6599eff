import { fileURLToPath } from "node:url";
import {
  type FtpProgram,
  type FtpServer,
  type FtpServerOptions,
  keptProgram,
  startFtpProgram,
} from "./ftp-server.ts";

const script = fileURLToPath(new URL("../../programs/pyftpdlib-server.py", import.meta.url));

const program: FtpProgram = {
  name: "pyftpdlib",
  username: "deploy",
  prepare: async ({ root, port, secure, certificate }) => [
    keptProgram("pyftpdlib/bin/python", "python3"),
    ...[script, String(port), root, String(secure), certificate],
  ],
};

/** Starts pyftpdlib: MLSD without modes unless they are asked for, and it follows symbolic links. */
export const startPyftpdlib = (options: FtpServerOptions = {}): Promise<FtpServer> =>
  startFtpProgram(program, options);
