import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { makeServerCertificate } from "./certificate.ts";
import { freePort, waitForPort } from "./port.ts";

export interface FtpServerOptions {
  /** TLS after `AUTH TLS` (default, and plain connections are refused), from the first byte, or never. */
  readonly secure?: boolean | "implicit";
}

/** A real FTP server on loopback with a folder of its own, until it is disposed. */
export interface FtpServer extends AsyncDisposable {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** The file with the authority's certificate. */
  readonly authority: string;
  /** The folder that is served as `/`. */
  readonly root: string;
}

/** What a server is started with. */
export interface FtpSetup {
  /** A folder for the server's own files, gone with it. */
  readonly directory: string;
  readonly root: string;
  readonly port: number;
  readonly secure: boolean | "implicit";
  /** Key and certificate in one file. */
  readonly certificate: string;
  readonly password: string;
}

/** How one kind of server is started. */
export interface FtpProgram {
  readonly name: string;
  readonly username: string;
  /** Writes the configuration; gives the program and its arguments. `FTP_PASSWORD` is in its environment. */
  prepare(setup: FtpSetup): Promise<readonly [file: string, ...argv: string[]]>;
}

const tools = join(homedir(), ".cache/hawser-tools");

/** A program that `scripts/requirements.mjs` put beside the system's own. */
export const keptProgram = (path: string, otherwise: string): string =>
  existsSync(join(tools, path)) ? join(tools, path) : otherwise;

/** Ends the server and the sessions it forked: its process group is its own. */
const end = async (server: ChildProcess): Promise<void> => {
  if (server.pid === undefined) return;
  const ended = server.exitCode === null && server.signalCode === null ? once(server, "exit") : undefined;
  try {
    process.kill(-server.pid, "SIGKILL");
  } catch {
    // The whole group is gone already.
  }
  await ended;
};

const launch = async (program: FtpProgram, setup: FtpSetup): Promise<ChildProcess | string> => {
  const [file, ...argv] = await program.prepare(setup);
  const server = spawn(file, argv, {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    cwd: setup.directory,
    env: { ...process.env, FTP_PASSWORD: setup.password },
  });
  let said = "";
  let failure: string | undefined;
  const hear = (text: unknown): void => {
    said = (said + String(text)).slice(-4_000);
  };
  server.stdout.on("data", hear);
  server.stderr.on("data", hear);
  server.once("error", (error) => {
    failure = error.message;
  });
  server.once("exit", (code) => {
    failure ??= `exit ${code} ${said}`;
  });
  const error: unknown = await waitForPort("127.0.0.1", setup.port, () => failure).catch((cause) => cause);
  // Somebody else may answer on a port that this server could not take.
  if (error === undefined && failure === undefined) return server;
  await end(server);
  return failure ?? String(error);
};

/** Starts a server on a random port of loopback; passive ports are those that the system gives. */
export const startFtpProgram = async (
  program: FtpProgram,
  { secure = true }: FtpServerOptions,
): Promise<FtpServer> => {
  const directory = await mkdtemp(join(tmpdir(), `hawser-${program.name}-`));
  // The server serves with a user of few rights.
  await chmod(directory, 0o755);
  const root = join(directory, "root");
  await mkdir(root);
  const { key, cert, authority } = await makeServerCertificate(directory, "127.0.0.1");
  const certificate = join(directory, "tls.pem");
  await writeFile(certificate, key + cert, { mode: 0o600 });
  const password = `pw-${randomBytes(9).toString("hex")}`;
  let failure = "";
  // A port found free may be taken before the server binds it.
  for (let attempt = 0; attempt < 3; attempt++) {
    const port = await freePort("127.0.0.1");
    const server = await launch(program, { directory, root, port, secure, certificate, password });
    if (typeof server === "string") {
      failure = server;
      continue;
    }
    return {
      host: "127.0.0.1",
      port,
      username: program.username,
      password,
      authority,
      root,
      [Symbol.asyncDispose]: async () => {
        await end(server);
        await rm(directory, { recursive: true, force: true });
      },
    };
  }
  await rm(directory, { recursive: true, force: true });
  throw new Error(`${program.name} did not start: ${failure}`);
};
