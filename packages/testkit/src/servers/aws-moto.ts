import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { keptProgram } from "./ftp-server.ts";
import { freePort, waitForPort } from "./port.ts";

/** The moto server: AWS's wire format for what it has, all services on one port of loopback. */
export interface MotoServer extends AsyncDisposable {
  readonly endpoint: string;
  /** One call of the Query protocol; any status but 200 is an error. Gives the XML. */
  call(
    service: string,
    version: string,
    action: string,
    parameters?: Readonly<Record<string, string>>,
  ): Promise<string>;
}

const startLimitMs = 60_000;

const end = async (server: ChildProcess): Promise<void> => {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  const late = setTimeout(() => server.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(late);
};

/** Starts it on a random port; ready when it answers. */
export const startMoto = async (): Promise<MotoServer> => {
  const port = await freePort("127.0.0.1");
  const endpoint = `http://127.0.0.1:${port}`;
  // The script of the same name knows the folder that it was installed in only, from where it was moved.
  const program = keptProgram("moto/bin/python", "python3");
  const server = spawn(program, ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  server.once("error", (error) => {
    said += error.message;
  });
  server.stderr.on("data", (text) => {
    said = (said + String(text)).slice(-2_000);
  });
  const failed = () => (server.exitCode === null && server.pid !== undefined ? undefined : said);
  await waitForPort("127.0.0.1", port, failed, startLimitMs).catch(async (error) => {
    await end(server);
    throw error;
  });
  return {
    endpoint,
    call: async (service, version, action, parameters = {}) => {
      const scope = `Credential=test/20260101/us-east-1/${service}/aws4_request`;
      const answer = await fetch(endpoint, {
        method: "POST",
        headers: { authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0` },
        body: new URLSearchParams({ Action: action, Version: version, ...parameters }),
      });
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`moto refused ${action}: ${text}`);
      return text;
    },
    [Symbol.asyncDispose]: () => end(server),
  };
};
