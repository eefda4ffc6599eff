import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { faultOf } from "./load-report.ts";

/** So many that each process of a small pool most likely answers one of them. */
const times = 12;

const answer = async (url: string): Promise<string> => {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = get(url, { agent: false, timeout: 10_000 }, resolve);
    request.once("timeout", () => request.destroy(new Error("no answer in 10 s")));
    request.once("error", reject);
  });
  let body = "";
  response.setEncoding("utf8").on("data", (text: string) => {
    body += text;
  });
  await once(response, "end");
  const release = response.headers["x-release"];
  const headers = typeof release === "string" ? { "x-release": release } : {};
  const [one, two] = body.trim().split(/\s+/);
  return faultOf({ status: response.statusCode ?? 0, headers, body }) ?? `${one} ${two} ${String(release)}`;
};

/** The different answers that an application gives when it is asked several times, each on a connection of its own. */
export const askInstance = async (url: string): Promise<readonly string[]> => {
  const heard = new Set<string>();
  for (let asked = 0; asked < times; asked++)
    heard.add(await answer(url).catch((error: Error) => error.message));
  return [...heard];
};
