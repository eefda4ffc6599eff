import { createServer, type IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { listenOn } from "./listening.ts";

export interface SaltApiStandInOptions {
  /** The minions that the master has accepted. */
  readonly minions: readonly string[];
  /** When a minion has returned, in milliseconds after a job was published; undefined: never. */
  delayMs(minion: string): number | undefined;
  /** What the host program of a minion writes, for what it reads. */
  answer(minion: string, input: Buffer): Buffer;
}

/** A stand-in of salt-api with as many minions as one likes, none of which is there. It speaks what the Salt plugins ask. */
export interface SaltApiStandIn extends AsyncDisposable {
  readonly url: string;
  /** The functions of the jobs that were published, in order, with the number of minions. */
  readonly published: readonly { readonly fun: string; readonly minions: number }[];
}

interface Job {
  readonly begun: number;
  readonly minions: readonly string[];
  readonly fun: string;
  readonly input: Buffer;
  readonly returned: Map<string, unknown>;
}

type Low = Readonly<Record<string, unknown>> & { readonly kwarg?: Readonly<Record<string, string>> };

class Master {
  readonly #options: SaltApiStandInOptions;
  readonly #jobs = new Map<string, Job>();
  readonly published: { fun: string; minions: number }[] = [];

  constructor(options: SaltApiStandInOptions) {
    this.#options = options;
  }

  answer(low: Low): unknown {
    if (low["client"] === "local_async") return this.#publish(low);
    if (low["fun"] === "jobs.lookup_jid") return this.#lookUp(String(low.kwarg?.["jid"]));
    if (low["fun"] === "key.list_all")
      return { data: { success: true, return: { minions: this.#options.minions } } };
    if (low["fun"] === "cache.grains")
      return Object.fromEntries(this.#options.minions.map((id) => [id, { fqdn: id, roles: ["web"] }]));
    return {};
  }

  #publish(low: Low): unknown {
    const asked = low["tgt"] as readonly string[];
    const minions = asked.filter((id) => this.#options.minions.includes(id));
    const jid = String(20260101000000000000n + BigInt(this.#jobs.size));
    const fun = String(low["fun"]);
    this.published.push({ fun, minions: minions.length });
    const input = Buffer.from(low.kwarg?.["stdin"] ?? "", "base64");
    this.#jobs.set(jid, { begun: performance.now(), minions, fun, input, returned: new Map() });
    return minions.length === 0 ? {} : { jid, minions };
  }

  #lookUp(jid: string): unknown {
    const job = this.#jobs.get(jid);
    if (job === undefined) return {};
    const age = performance.now() - job.begun;
    for (const id of job.minions) {
      const delay = this.#options.delayMs(id);
      if (delay === undefined || delay > age || job.returned.has(id)) continue;
      job.returned.set(id, job.fun === "cmd.run_all" ? this.#result(id, job.input) : {});
    }
    return Object.fromEntries(job.returned);
  }

  #result(id: string, input: Buffer): unknown {
    const written = gzipSync(this.#options.answer(id, input), { level: 1 });
    return { pid: 1, retcode: 0, stdout: written.toString("base64"), stderr: "" };
  }
}

const bodyOf = async (request: IncomingMessage): Promise<unknown> =>
  await json(request).catch(() => undefined);

export const startSaltApiStandIn = async (options: SaltApiStandInOptions): Promise<SaltApiStandIn> => {
  const master = new Master(options);
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    response.setHeader("content-type", "application/json");
    const now = Date.now() / 1000;
    const value =
      request.url === "/login"
        ? { token: "0123456789abcdef", start: now, expire: now + 43_200 }
        : master.answer((body as readonly Low[])[0] ?? {});
    response.end(JSON.stringify({ return: [value] }));
  });
  const listening = await listenOn(server);
  return {
    url: `http://127.0.0.1:${listening.port}`,
    published: master.published,
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  };
};
