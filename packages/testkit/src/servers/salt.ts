import { randomBytes } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { makeServerCertificate } from "./certificate.ts";
import { freePort, waitForPort } from "./port.ts";
import { answeredBy, askSalt, startLimitMs } from "./salt-call.ts";
import { masterConfig, minionConfig, type SaltPorts } from "./salt-config.ts";
import { type Launch, SaltDaemon, withOwnFolder } from "./salt-daemon.ts";

export interface SaltOptions {
  /** Default: three with the role `web`, named `web1` to `web3`. */
  readonly minions?: readonly SaltMinionOptions[];
  /** Where minions reach the master. Default 127.0.0.1. */
  readonly address?: string;
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
  /** Starts a minion on another machine, as one that no master knows; it answers and has told its grains. */
  startMinion(on: Launch, options: SaltMinionOptions): Promise<SaltDaemon>;
  /** One call of the operator: what it returned. */
  call(low: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Ends salt-api and starts it again; tokens stay. */
  stopApi(): Promise<void>;
  startApi(): Promise<void>;
  /** Takes every token away. */
  forgetTokens(): Promise<void>;
}

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
    address = "127.0.0.1",
    tls = false,
    master: more = [],
    returners = [],
  }: SaltOptions,
  daemons: SaltDaemon[],
  end: () => Promise<void>,
): Promise<Salt> => {
  const password = randomBytes(12).toString("hex");
  const ports: SaltPorts = {
    address,
    publish: await freePort(address),
    answer: await freePort(address),
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
  const run = (...daemon: ConstructorParameters<typeof SaltDaemon>): SaltDaemon => {
    const started = new SaltDaemon(...daemon);
    daemons.push(started);
    return started;
  };
  const runMinion = async ({ id, roles = ["web"] }: SaltMinionOptions, on: Launch): Promise<SaltDaemon> => {
    const at = join(folder, id);
    await writeFile(join(at, "minion"), minionConfig(at, id, ports, roles));
    return run("salt-minion", at, on);
  };
  const master = run("salt-master", masterAt);
  let api = run("salt-api", masterAt);
  await waitForPort(address, ports.answer, () => master.failure(), startLimitMs);
  const started = await Promise.all(
    minions.map(async (options): Promise<SaltMinion> => {
      const own = join(folder, options.id, "srv");
      await mkdir(own, { recursive: true });
      return { id: options.id, folder: own, daemon: await runMinion(options, withOwnFolder(own, root)) };
    }),
  );
  const url = `${tls ? "https" : "http"}://127.0.0.1:${ports.api}`;
  const ca = certificate && (await readFile(certificate.authority, "utf8"));
  await waitForPort("127.0.0.1", ports.api, () => api.failure(), startLimitMs);
  const call = (low: object): Promise<unknown> =>
    askSalt(`${url}/run`, [{ ...low, username: "operator", password, eauth: "sharedsecret" }], ca);
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
    startMinion: async (on, options) => {
      await rm(join(folder, options.id), { recursive: true, force: true });
      await mkdir(join(folder, options.id));
      const daemon = await runMinion(options, on);
      await answeredBy([options.id], call);
      return daemon;
    },
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
