import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

/** How long a part of Salt may take to start, in milliseconds. */
export const startLimitMs = 120_000;

/** One POST of JSON; any status but 200 is an error. Gives the one thing that was returned. */
export const askSalt = (url: string, body: unknown, ca: string | undefined): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const options = {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      timeout: 60_000,
    };
    const sent = url.startsWith("https:") ? overHttps(url, { ...options, ca }) : overHttp(url, options);
    sent.once("error", reject);
    sent.once("response", (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk) => {
        text += chunk;
      });
      answer.once("error", reject);
      answer.once("end", () => {
        if (answer.statusCode === 200) resolve(JSON.parse(text).return[0]);
        else reject(new Error(`salt-api answered ${answer.statusCode}: ${text.slice(0, 500)}`));
      });
    });
    sent.end(JSON.stringify(body));
  });

/** A minion whose key was accepted answers a while later, and its grains are known then. */
export const answeredBy = async (
  ids: readonly string[],
  call: (low: object) => Promise<unknown>,
): Promise<void> => {
  let last = "";
  for (const until = Date.now() + startLimitMs; Date.now() < until; await sleep(500)) {
    try {
      const answered = await call({
        client: "local",
        tgt: ids,
        tgt_type: "list",
        fun: "test.ping",
        timeout: 2,
      });
      const known = await call({ client: "runner", fun: "cache.grains", tgt: "*" });
      last = JSON.stringify([answered, Object.keys(known as object)]).slice(0, 1000);
      const held = { ...(known as object) };
      if (ids.every((id) => (answered as Record<string, unknown>)[id] === true && id in held)) return;
    } catch (error) {
      last = String(error);
    }
  }
  throw new Error(`the minions do not answer: ${last}`);
};
