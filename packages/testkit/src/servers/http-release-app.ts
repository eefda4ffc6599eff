import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface ReleaseAppSetup {
  /** What it answers in the header `x-release`. */
  readonly release: string;
  /** Default: any free port of loopback. */
  readonly port?: number;
  /** An address of loopback. Default `127.0.0.1`. */
  readonly address?: string;
  /** How long after its start it answers 503 to `/health` and 500 to requests. Default 0. */
  readonly warmUpMs?: number;
}

/**
 * A web application in a process of its own. `/health`, `/large?bytes=N`, `/slow?ms=N`, `/hold?key=K` (an answer that lasts until
 * `end(K)`), and every other path, which tells the release.
 */
export interface ReleaseApp extends AsyncDisposable {
  readonly port: number;
  readonly address: string;
  readonly release: string;
  /** Ends the answer to `/hold?key=…`. */
  end(key: string): Promise<void>;
  /** Kills it at once, as a restart that waits for nobody. */
  stop(): Promise<void>;
}

// The same place seen from the sources and from what is built of them.
const program = fileURLToPath(new URL("../../programs/release-app.mjs", import.meta.url));

export const startReleaseApp = async (setup: ReleaseAppSetup): Promise<ReleaseApp> => {
  const { release, port = 0, address = "127.0.0.1", warmUpMs = 0 } = setup;
  const child = spawn(process.execPath, [program, String(port), release, String(warmUpMs), address], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const said = await Promise.race([
    once(child.stdout, "data").then(([line]) => String(line).trim()),
    exited.then(([code]) => {
      throw new Error(`the application on port ${port} ended with ${code}`);
    }),
  ]);
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  return {
    port: Number(said),
    address,
    release,
    end: async (key) => {
      await fetch(`http://${address}:${said}/end?key=${encodeURIComponent(key)}`).then((answer) =>
        answer.text(),
      );
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
};
