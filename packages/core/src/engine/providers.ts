import type { NormalConfig, WiredBlock } from "../config/types.ts";
import type { Provider } from "../contracts/common.ts";
import type { Installer } from "../contracts/installer.ts";
import type { Inventory } from "../contracts/inventory.ts";
import type { Kind, Kinds } from "../contracts/kinds.ts";
import type { PluginContext } from "../contracts/plugin-context.ts";
import type { Source } from "../contracts/source.ts";
import type { Storage } from "../contracts/storage.ts";
import type { Transport } from "../contracts/transport.ts";
import { gathered } from "../decorate/broadcast.ts";
import { type RetryBudget, withRetry } from "../decorate/retry.ts";
import { stamped } from "../decorate/stamped.ts";
import { withTimeLimit } from "../decorate/time-limit.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { pluginErrors } from "../errors/plugin-codes.ts";
import { Balancers, type NamedBalancer } from "../fleet/balancers.ts";
import { answering } from "./answers.ts";
import { fitTogether } from "./fit.ts";
import type { Reporter } from "./reporter.ts";

/** The providers of one environment, with the engine's decorators round them. */
export interface Providers extends AsyncDisposable {
  readonly source: Source;
  readonly storage: Storage;
  /** For the first word with an instance: one that refuses or has no route is soon known to be silent. */
  readonly transport: Transport;
  /** For an instance that is starting or whose session was lost: it may refuse for a while. */
  readonly patientTransport: Transport;
  readonly installer: Installer;
  readonly inventory: Inventory;
  readonly balancers: Balancers;
  /** Every provider by the place of its block in the config, for `check`. */
  readonly all: ReadonlyMap<string, Provider>;
}

/** How long one provider may take to look at itself. */
const checkLimitMs = 60_000;

/** How long the source may take to say what lies between two revisions: a person waits, and can do without. */
const changesLimitMs = 60_000;

/** Seams whose calls may be repeated by the engine when they fail for a reason that passes. */
const retried: ReadonlySet<Kind> = new Set(["source", "storage", "inventory", "loadBalancer"]);

/** A machine without a route says so after 3 seconds, one that refuses at once: asked longer, they say nothing else. */
const firstWord: RetryBudget = { totalMs: 3_000 };

/** A plugin that refuses its options where its schema could not see it says that the config is wrong. */
const createBare = async <K extends Kind>(
  block: WiredBlock<K>,
  context: PluginContext,
): Promise<Kinds[K]> => {
  try {
    return await block.plugin.create(block.options as never, context);
  } catch (error) {
    const plugin = block.plugin.name;
    if (!HawserError.is(error))
      throw pluginErrors.HWS_PLUGIN_THREW([plugin, error instanceof Error ? error.message : String(error)], {
        cause: error,
        plugin,
      });
    throw error.stamp(error.retryable ? { plugin } : { plugin, step: "config" });
  }
};

const create = async <K extends Kind>(
  kind: K,
  block: WiredBlock<K>,
  context: PluginContext,
): Promise<Kinds[K]> => {
  const bare = await createBare(block, context);
  const named = withTimeLimit(stamped(bare, { plugin: block.plugin.name }), {
    check: checkLimitMs,
    changes: changesLimitMs,
  });
  return retried.has(kind) ? withRetry(named) : named;
};

/** A block's `port` is handed on as the plugin's own option, where it has one. */
const withPort = (block: NormalConfig["loadBalancers"][string]): WiredBlock<"loadBalancer"> =>
  block.port !== undefined && "port" in block.plugin.schema.properties
    ? { ...block, options: { port: block.port, ...(block.options as object) } }
    : block;

/** Frees one after the other; a failure does not keep the rest from being freed. */
export const free = async (held: readonly Provider[]): Promise<void> => {
  const failures: unknown[] = [];
  for (const provider of held)
    await provider[Symbol.asyncDispose]?.().catch((error) => void failures.push(error));
  if (failures.length > 0) throw failures[0];
};

/** Makes the storage of a config and nothing else of it. */
export const createStorage = async (config: NormalConfig, context: PluginContext): Promise<Storage> =>
  await create("storage", config.storage, context);

/** Makes the installer and the inventory of a config: what its table of steps depends on. */
export const createTableProviders = async (
  config: NormalConfig,
  context: (block: string) => PluginContext,
): Promise<Pick<Providers, "installer" | "inventory">> => {
  const installer = await create("installer", config.installer, context("installer"));
  return { installer, inventory: await create("inventory", config.inventory, context("inventory")) };
};

/** Makes every provider of a config; what was made is freed when a later one fails. */
export const createProviders = async (
  config: NormalConfig,
  contextOf: (block: string) => PluginContext,
  reporter: Pick<Reporter, "waiting">,
): Promise<Providers> => {
  const all = new Map<string, Provider>();
  const make = async <K extends Kind>(name: string, kind: K, block: WiredBlock<K>): Promise<Kinds[K]> => {
    const provider = await create(kind, block, contextOf(name));
    all.set(name, provider as Provider);
    return provider;
  };
  const dispose = () => free([...all.values()].reverse());
  try {
    const transport = gathered(await make("transport", "transport", config.transport));
    const named: NamedBalancer[] = [];
    for (const [name, block] of Object.entries(config.loadBalancers)) {
      const balancer = await make(`loadBalancer.${name}`, "loadBalancer", withPort(block));
      const who = `load balancer ${name}`;
      named.push({
        name,
        balancer: answering(balancer, { who, method: "states" }, reporter),
        roles: block.roles,
      });
    }
    const storage = await make("storage", "storage", config.storage);
    const installer = await make("installer", "installer", config.installer);
    fitTogether(config, { transport, storage, installer });
    return {
      source: answering(
        await make("source", "source", config.source),
        { who: "the source", method: "resolve" },
        reporter,
      ),
      storage,
      transport: withRetry(transport, firstWord),
      patientTransport: withRetry(transport),
      installer,
      inventory: answering(
        await make("inventory", "inventory", config.inventory),
        { who: "the inventory", method: "list" },
        reporter,
      ),
      balancers: new Balancers(named),
      all,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose().catch(() => {});
    throw error;
  }
};
