import { SmallServer, servingPlaceOf } from "@hawser/core";
import type { Logger, Secret } from "@hawser/core/plugin";
import { Answerer } from "./answer/answerer.ts";
import { Pages } from "./answer/pages.ts";
import { errors } from "./errors.ts";
import { Gate } from "./gate/gate.ts";
import { isLoopback, OwnHosts } from "./gate/own-hosts.ts";
import { Token } from "./gate/token.ts";
import type { ReadEngine } from "./sight/engine.ts";
import { Question } from "./sight/question.ts";
import { Sights } from "./sight/sights.ts";

/** The port that a dashboard has when nobody names another. */
export const defaultPort = 4270;

const connections = 256;
const configRestMs = 10_000;
const configLimitMs = 30_000;

export interface DashboardOptions {
  /** Whose environments are shown. It is asked for nothing that changes something, and is not disposed. */
  readonly engine: ReadEngine;
  /** Which of them. Default: all of the config. */
  readonly environments?: readonly string[];
  /** A port of the loopback address, or `address:port`. Default: 4270 of the loopback address. */
  readonly listen?: number | string;
  /** Where people open it when a proxy stands before it: scheme and host, as `https://dashboard.example.org`. */
  readonly url?: string;
  /**
   * What who looks has to show: 20 to 200 printable characters. Default: none at the loopback address without `url`,
   * else one is made.
   */
  readonly token?: Secret;
  /** Whether a person may let every instance be asked, over the transport of the config. Default true. */
  readonly look?: boolean;
  /** Whether the config is no longer what the engine was made of. Default: nobody is told. */
  configChanged?(): Promise<boolean>;
  readonly logger?: Logger;
}

/** A dashboard that is served until it is disposed. */
export interface Dashboard extends AsyncDisposable {
  /** Where to open it. */
  readonly url: string;
  /** The token, when one was made: to be told once. */
  readonly token: Secret | undefined;
}

/**
 * Serves a live view of environments, releases, instances and runs. Nothing is written anywhere, and nobody is asked while
 * nobody looks. A place that cannot be had is `HWS_DASHBOARD_PLACE`.
 */
export const openDashboard = async (options: DashboardOptions): Promise<Dashboard> => {
  const { engine, logger } = options;
  const text = String(options.listen ?? defaultPort);
  const place = servingPlaceOf(text);
  if (place === undefined)
    throw errors.HWS_DASHBOARD_PLACE([text.slice(0, 100), "it is no port and no address with a port"]);
  const url = options.url === undefined ? undefined : ownUrl(options.url);
  const guarded = options.token !== undefined || url !== undefined || !isLoopback(place.host);
  const token = guarded ? Token.of(options.token) : undefined;
  const ending = new AbortController();
  const environments = options.environments ?? (await engine.environments());
  const sights = new Sights(engine, environments, ending.signal);
  const pages = new Pages(sights, changedQuestion(options, ending.signal), {
    looks: options.look ?? true,
    guarded,
  });
  let answerer: Answerer | undefined;
  const server = await SmallServer.open(
    place,
    (request, response) => void answerer?.respond(request, response),
    { connections },
  ).catch((error) => {
    const why = error instanceof Error ? error.message : String(error);
    throw errors.HWS_DASHBOARD_PLACE([`${place.host}:${place.port}`, why], { cause: error });
  });
  const hosts = new OwnHosts({ host: place.host, port: server.port }, url);
  answerer = new Answerer(new Gate(hosts, token), pages, logger);
  return {
    url: hosts.url,
    token: token?.made,
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await server[Symbol.asyncDispose]();
    },
  };
};

const ownUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare = url !== undefined && url.href === `${url.origin}/` && /^https?:$/.test(url.protocol);
  if (url === undefined || !bare) throw errors.HWS_DASHBOARD_URL([text.slice(0, 200)]);
  return url;
};

const changedQuestion = (
  { configChanged }: DashboardOptions,
  ending: AbortSignal,
): Question<boolean> | undefined =>
  configChanged &&
  new Question(() => configChanged(), ending, {
    what: "the config",
    restMs: () => configRestMs,
    limitMs: configLimitMs,
  });
