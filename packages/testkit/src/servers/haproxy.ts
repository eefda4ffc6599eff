import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./port.ts";

export interface HaproxyServerLine {
  readonly name: string;
  /** Default 127.0.0.1. */
  readonly address?: string;
  readonly port: number;
  /** What stands behind the address on the `server` line. Default `check inter 200 rise 2 fall 2`. */
  readonly arguments?: string;
}

export interface HaproxySetup {
  readonly servers: readonly HaproxyServerLine[];
  /** Default `http`; `tcp` carries any protocol. */
  readonly mode?: "http" | "tcp";
  /** Level of the runtime API's sockets. Default `admin`. */
  readonly level?: "admin" | "operator";
  /** More lines of the backend, such as `balance leastconn` or `cookie …`. */
  readonly backendLines?: readonly string[];
  /** Whether a reload takes the states of servers from `stateFile`. Default: it forgets them. */
  readonly keepsStates?: boolean;
  /** More backends, as text of haproxy.cfg. */
  readonly sections?: string;
}

/** A HAProxy that runs until it is disposed, with one frontend and the backend `app`. */
export interface RunningHaproxy extends AsyncDisposable {
  readonly backend: "app";
  /** Its haproxy.cfg. */
  readonly configFile: string;
  /** The `server-state-file`, where one is set. Nobody writes it but who is asked to. */
  readonly stateFile: string;
  /** Path of the runtime API's UNIX socket. */
  readonly socketPath: string;
  /** Port of the runtime API on loopback. */
  readonly socketPort: number;
  /** Port of the frontend on loopback. */
  readonly port: number;
  /** The answer to one line of the runtime API. */
  command(line: string): Promise<string>;
  /** Loads haproxy.cfg again as an operator does (SIGUSR2 to the master); returns when the new process answers. */
  reload(): Promise<void>;
  /** Ends it at once; the socket answers no more. */
  stop(): Promise<void>;
}

const startLimitMs = 10_000;

const configOf = (setup: HaproxySetup, directory: string, port: number, socketPort: number): string => `global
  maxconn 2000
  nbthread 2
  hard-stop-after 5s
${setup.keepsStates === true ? `  server-state-file ${directory}/server-state\n` : ""}  stats socket ${directory}/admin.sock mode 600 level ${setup.level ?? "admin"} expose-fd listeners
  stats socket ipv4@127.0.0.1:${socketPort} level ${setup.level ?? "admin"}
defaults
  mode ${setup.mode ?? "http"}
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout queue 10s
${setup.keepsStates === true ? "  load-server-state-from-file global\n" : ""}frontend entry
  bind 127.0.0.1:${port}
  default_backend app
backend app
${(setup.backendLines ?? (setup.mode === "tcp" ? [] : ["option httpchk GET /health"])).map((line) => `  ${line}\n`).join("")}${setup.servers
  .map(
    (server) =>
      `  server ${server.name} ${server.address ?? "127.0.0.1"}:${server.port} ${server.arguments ?? "check inter 200 rise 2 fall 2"}\n`,
  )
  .join("")}${setup.sections ?? ""}
`;

const ask = async (path: string, line: string): Promise<string> => {
  const socket = createConnection({ path });
  try {
    socket.setTimeout(5_000, () => socket.destroy(new Error("HAProxy is silent")));
    socket.write(`${line}\n`);
    let answer = "";
    for await (const chunk of socket) answer += String(chunk);
    return answer;
  } finally {
    socket.destroy();
  }
};

const workerOf = async (path: string): Promise<string | undefined> =>
  /^Pid: ([0-9]+)$/m.exec(await ask(path, "show info").catch(() => ""))?.[1];

/** Waits for a worker that is not the one given; undefined when the limit passed or the master ended. */
const nextWorker = async (path: string, master: ChildProcess, last?: string): Promise<string | undefined> => {
  const end = performance.now() + startLimitMs;
  while (performance.now() < end && master.exitCode === null) {
    const worker = await workerOf(path);
    if (worker !== undefined && worker !== last) return worker;
    await sleep(25);
  }
  return undefined;
};

const end = async (master: ChildProcess): Promise<void> => {
  if (master.exitCode !== null || master.signalCode !== null) return;
  const ended = once(master, "exit");
  master.kill("SIGTERM");
  const late = setTimeout(() => master.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(late);
};

interface Launched {
  readonly master: ChildProcess;
  readonly port: number;
  readonly socketPort: number;
}

const launch = async (setup: HaproxySetup, directory: string): Promise<Launched | string> => {
  const [port, socketPort] = [await freePort("127.0.0.1"), await freePort("127.0.0.1")];
  const file = join(directory, "haproxy.cfg");
  await writeFile(file, configOf(setup, directory, port, socketPort));
  const master = spawn("haproxy", ["-W", "-f", file], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  master.on("error", (error) => {
    said += error.message;
  });
  master.stderr?.on("data", (chunk) => {
    said = (said + String(chunk)).slice(-4_000);
  });
  if (await nextWorker(join(directory, "admin.sock"), master)) return { master, port, socketPort };
  await end(master);
  return said;
};

/** Starts the real HAProxy in master-worker mode on random ports of loopback. It needs `haproxy` in the path. */
export const startHaproxy = async (setup: HaproxySetup): Promise<RunningHaproxy> => {
  const directory = await mkdtemp(join(tmpdir(), "haproxy-"));
  let launched: Launched | string = "";
  // A port found free may be taken before HAProxy binds it.
  for (let attempt = 0; attempt < 3 && typeof launched === "string"; attempt++) {
    launched = await launch(setup, directory);
  }
  if (typeof launched === "string") {
    await rm(directory, { recursive: true, force: true });
    throw new Error(`haproxy did not start: ${launched}`);
  }
  const { master, port, socketPort } = launched;
  const socketPath = join(directory, "admin.sock");
  return {
    backend: "app",
    configFile: join(directory, "haproxy.cfg"),
    stateFile: join(directory, "server-state"),
    socketPath,
    socketPort,
    port,
    command: (line) => ask(socketPath, line),
    reload: async () => {
      const last = await workerOf(socketPath);
      master.kill("SIGUSR2");
      if (!(await nextWorker(socketPath, master, last))) throw new Error("haproxy did not reload");
    },
    stop: () => end(master),
    [Symbol.asyncDispose]: async () => {
      await end(master);
      await rm(directory, { recursive: true, force: true });
    },
  };
};
