import { randomBytes } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeServerCertificate } from "./certificate.ts";
import { freePort, waitForPort } from "./port.ts";
import { masterConfig, minionConfig, type SaltPorts } from "./salt-config.ts";
import { SaltDaemon } from "./salt-daemon.ts";

export interface SaltOptions {
  /** Default: three with the role `web`, named `web1` to `web3`. */
  readonly minions?: readonly SaltMinionOptions[];
  /** salt-api is served by HTTPS under an authority of its own. Default: plain HTTP. */
  readonly tls?: boolean;
  /** More lines of the master's configuration. */
  readonly master?: readonly string[];
  /** Files of returners that the master has beside its own. */
  readonly returners?: readonly string[];
}

export interface SaltMinionOptions {
  readonly id: string;
  /** Default `["web"]`. */
  readonly roles?: readonly string[];
}

export interface SaltMinion {
  readonly id: string;
  /** What lies on this machine: it is at `root` for the minion itself. */
  readonly folder: string;
  readonly daemon: SaltDaemon;
}

/** A real Salt master with salt-api and some minions, all on this machine, until it is disposed. */
export interface Salt extends AsyncDisposable {
  readonly url: string;
  /** The file with the authority's certificate, with TLS. */
  readonly authority?: string;
  readonly eauth: "sharedsecret";
  /** Of `deploy`, who may what Hawser needs, and of `operator`, who may everything. */
  readonly password: string;
  readonly minions: readonly SaltMinion[];
  readonly folder: string;
  /** The folder that each minion has for itself. */
  readonly root: string;
  /** One call of the operator: what it returned. */
  call(low: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Ends salt-api and starts it again; tokens stay. */
  stopApi(): Promise<void>;
  startApi(): Promise<void>;
  /** Takes every token away. */
  forgetTokens(): Promise<void>;
}

const startLimitMs = 120_000;

/** Starts it on random ports, in folders of its own. */
export const startSalt = async (options: SaltOptions = {}): Promise<Salt> => {
  // Short: the path of a socket has at most 107 bytes.
  const folder = await mkdtemp(join(tmpdir(), "salt-"));
  const daemons: SaltDaemon[] = [];
  const end = async (): Promise<void> => {
    await Promise.all(daemons.map((daemon) => daemon[Symbol.asyncDispose]()));
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    return await start(folder, options, daemons, end);
  } catch (error) {
    await end();
    throw error;
  }
};

const start = async (
  folder: string,
  {
    minions = [{ id: "web1" }, { id: "web2" }, { id: "web3" }],
    tls = false,
    master: more = [],
    returners = [],
  }: SaltOptions,
  daemons: SaltDaemon[],
  end: () => Promise<void>,
): Promise<Salt> => {
  const password = randomBytes(12).toString("hex");
  const ports: SaltPorts = {
    publish: await freePort("127.0.0.1"),
    answer: await freePort("127.0.0.1"),
    api: await freePort("127.0.0.1"),
  };
  const certificate = tls ? await makeServerCertificate(folder, "127.0.0.1") : undefined;
  const masterAt = join(folder, "master");
  await mkdir(join(masterAt, "modules/returners"), { recursive: true });
  for (const file of returners) await copyFile(file, join(masterAt, "modules/returners", basename(file)));
  if (certificate !== undefined) {
    await writeFile(join(masterAt, "api.key"), certificate.key, { mode: 0o600 });
    await writeFile(join(masterAt, "api.pem"), certificate.cert);
  }
  await writeFile(
    join(masterAt, "master"),
    masterConfig(
      masterAt,
      ports,
      password,
      certificate && { key: join(masterAt, "api.key"), certificate: join(masterAt, "api.pem") },
      more,
    ),
  );
  const root = join(folder, "root");
  await mkdir(root);
  const run = (
    program: ConstructorParameters<typeof SaltDaemon>[0],
    at: string,
    own?: string,
  ): SaltDaemon => {
    const daemon = new SaltDaemon(program, at, own === undefined ? undefined : { folder: own, at: root });
    daemons.push(daemon);
    return daemon;
  };
  const master = run("salt-master", masterAt);
  let api = run("salt-api", masterAt);
  await waitForPort("127.0.0.1", ports.answer, () => master.failure(), startLimitMs);
  const started = await Promise.all(
    minions.map(async ({ id, roles = ["web"] }): Promise<SaltMinion> => {
      const at = join(folder, id);
      await mkdir(join(at, "srv"), { recursive: true });
      await writeFile(join(at, "minion"), minionConfig(at, id, ports, roles));
      return { id, folder: join(at, "srv"), daemon: run("salt-minion", at, join(at, "srv")) };
    }),
  );
  const url = `${tls ? "https" : "http"}://127.0.0.1:${ports.api}`;
  const ca = certificate && (await readFile(certificate.authority, "utf8"));
  await waitForPort("127.0.0.1", ports.api, () => api.failure(), startLimitMs);
  const call = (low: object): Promise<unknown> =>
    ask(`${url}/run`, [{ ...low, username: "operator", password, eauth: "sharedsecret" }], ca);
  await answeredBy(
    minions.map(({ id }) => id),
    call,
  );
  return {
    url,
    ...(certificate !== undefined && { authority: certificate.authority }),
    eauth: "sharedsecret",
    password,
    minions: started,
    folder,
    root,
    call,
    stopApi: () => api[Symbol.asyncDispose](),
    startApi: async () => {
      api = run("salt-api", masterAt);
      await waitForPort("127.0.0.1", ports.api, () => api.failure(), startLimitMs);
    },
    forgetTokens: async () => {
      await rm(join(masterAt, "cache/tokens"), { recursive: true, force: true });
      await mkdir(join(masterAt, "cache/tokens"));
    },
    [Symbol.asyncDispose]: end,
  };
};

/** One POST of JSON; any status but 200 is an error. Gives the one thing that was returned. */
const ask = (url: string, body: unknown, ca: string | undefined): Promise<unknown> =>
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
const answeredBy = async (ids: readonly string[], call: (low: object) => Promise<unknown>): Promise<void> => {
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
