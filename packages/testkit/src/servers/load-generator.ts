import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface LoadResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface LoadSetup {
  readonly url: string;
  /** Clients that each send one request after another. Default 4. */
  readonly concurrency?: number;
  /** Requests a second over all clients. Default: as many as they get answered. */
  readonly rate?: number;
  /** Whether clients keep their connections. Default `both`: every other one does. */
  readonly keepAlive?: "always" | "never" | "both";
  readonly headers?: Readonly<Record<string, string>>;
  /** The header that tells which release answered. Default `x-release`. */
  readonly releaseHeader?: string;
  /** Default 10 s for one request. */
  readonly timeoutMs?: number;
  /**
   * Says what is wrong with an answer of status 2xx. It is sent to the clients' process as text, so it may use nothing
   * from outside of itself.
   */
  readonly validate?: (response: LoadResponse) => string | undefined;
}

export interface LoadResult {
  readonly requests: number;
  /** Status other than 2xx, no connection, reset, short body, time-out, or refused by `validate`. */
  readonly failed: number;
  /** Requests sent again because a kept connection was closed before their answer began. */
  readonly reconnected: number;
  readonly byRelease: Readonly<Record<string, number>>;
  /** The same by the periods in which requests began and their answers ended. Before the first one is named it is empty. */
  readonly byPeriod: readonly {
    readonly from: string;
    readonly to: string;
    readonly byRelease: Readonly<Record<string, number>>;
  }[];
  /** Each kind of failure with its count. */
  readonly errors: readonly string[];
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

export interface LoadPeriod {
  /** Resolves when ten requests were sent and answered, well or badly, within it. */
  readonly answered: Promise<void>;
}

export interface Load extends AsyncDisposable {
  /** Resolves at the first good answer. */
  readonly flowing: Promise<void>;
  /** A period with a name of one line begins; every request from here on belongs to it. */
  period(name: string): Promise<LoadPeriod>;
  /** Lets open requests end, and gives what came of all. */
  stop(): Promise<LoadResult>;
}

// The same place seen from the sources and from what is built of them.
const program = fileURLToPath(new URL("../../programs/load-worker.mjs", import.meta.url));

const ordersOf = (setup: LoadSetup): string => {
  const { url, concurrency = 4, rate, keepAlive = "both", headers = {}, validate } = setup;
  const { releaseHeader = "x-release", timeoutMs = 10_000 } = setup;
  return JSON.stringify({
    url,
    concurrency,
    rate,
    keepAlive,
    headers,
    releaseHeader,
    timeoutMs,
    validate: validate && String(validate),
  });
};

/** Sends requests from a process of its own, so that work in this one cannot slow or stop them. */
export const startLoad = (setup: LoadSetup): Load => {
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  child.stdin.write(`${ordersOf(setup)}\n`);
  let began: () => void = () => {};
  const started = new Promise<void>((resolve) => {
    began = resolve;
  });
  let last = "";
  const heard = new EventEmitter();
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line === "flowing") began();
    else if (/^(period|answered) /.test(line)) heard.emit(line);
    else last = line;
  });
  const flowing = Promise.race([
    started,
    exited.then(() => Promise.reject(new Error("the load ended before a good answer"))),
  ]);
  // Nobody need wait for it.
  flowing.catch(() => {});
  const stop = async (): Promise<LoadResult> => {
    child.stdin.end();
    await exited;
    return JSON.parse(last) as LoadResult;
  };
  const said = async (line: string): Promise<void> => {
    await Promise.race([once(heard, line), exited.then(() => Promise.reject(new Error("the load ended")))]);
  };
  const period = async (name: string): Promise<LoadPeriod> => {
    const begun = said(`period ${name}`);
    const answered = said(`answered ${name}`);
    // Nobody need wait for it.
    answered.catch(() => {});
    child.stdin.write(`${name}\n`);
    await begun;
    return { answered };
  };
  return {
    flowing,
    period,
    stop,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
};
