import { readlinkSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  createEngine,
  type DeployRequest,
  type Engine,
  type HawserConfig,
  type Plugin,
  type RunResult,
} from "@hawser/core";
import type { CommonOptions } from "@hawser/installer-script";
import inventoryStatic from "@hawser/inventory-static";
import sourceDirectory from "@hawser/source-directory";
import storageFs from "@hawser/storage-fs";
import { type ConsoleCall, ConsoleWorld, testDirectory } from "@hawser/testkit";
import transportLocal from "@hawser/transport-local";

/** Paths of a tree and their texts. */
export type Files = Readonly<Record<string, string>>;

export interface ShopSetup<O extends object> {
  readonly recipe: Plugin<"installer", O & CommonOptions>;
  readonly options: O & CommonOptions;
  /** The application's files; consoles stand in it beside them. */
  readonly files: Files;
  /** The scripts of the application that stand-ins take the place of, as `bin/magento`. */
  readonly consoles: readonly string[];
  /** What lies on each instance before the first deploy, by its path in the deploy root. */
  readonly laid?: Files;
  readonly roles?: Readonly<Record<string, readonly string[]>>;
}

/** A shop on two instances that are folders: real storage, transport and engine, and consoles that stand in for the shop's own. */
export interface Shop {
  readonly world: ConsoleWorld;
  readonly engine: Engine;
  /** Changes the application's files. */
  commit(files: Files): Promise<void>;
  deploy(request?: DeployRequest): Promise<RunResult>;
  rollback(request?: Parameters<Engine["rollback"]>[0]): Promise<RunResult>;
  /** The calls since the last time, by where they ran and in their order there, in the words of `callText`. */
  calls(): Promise<Calls>;
  /** How a run ended: `3 split HWS_COMMAND_FAILED`. */
  ending(result: RunResult): string;
  root(id: string): string;
  /** The releases that `current` names, in the order of the instances. */
  current(): readonly (string | null)[];
}

/** By instance, and `deployer`; `all` has them in the order in which they ended, with the instance before each. */
export interface Calls {
  readonly deployer: readonly string[];
  readonly web1: readonly string[];
  readonly web2: readonly string[];
  readonly all: readonly string[];
}

export const instances = ["web1", "web2"] as const;

const write = async (root: string, files: Files): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
};

const currentIn = (root: string): string | null => {
  try {
    return basename(readlinkSync(join(root, "current")));
  } catch {
    return null;
  }
};

/** In which release it ran, what it was, and how it ended when that was not well: `000002 cache:flush`, `cache:flush → 1`. */
const callText = ({ release, directory, command, argv, exit }: ConsoleCall): string => {
  const words = argv.filter((word) => word !== "--no-interaction");
  const at = words.indexOf(command);
  const rest = at < 0 ? words : [...words.slice(0, at), ...words.slice(at + 1)];
  // What runs in another folder than its release's own would be a mistake worth seeing.
  const place = release === null ? [] : directory === release ? [release] : [`${release} in ${directory}`];
  return [...place, command, ...rest, ...(exit === 0 ? [] : [`→ ${exit}`])].join(" ");
};

const callsOf = (calls: readonly ConsoleCall[]): Calls => {
  const of = (place: string) => calls.filter(({ instance }) => instance === place).map(callText);
  return {
    deployer: of("deployer"),
    web1: of("web1"),
    web2: of("web2"),
    all: calls.map((call) => `${call.instance} ${callText(call)}`),
  };
};

/** Goes away with the test that runs now. */
export const openShop = async <O extends object>(setup: ShopSetup<O>): Promise<Shop> => {
  const folder = testDirectory("hawser-shop-");
  const world = await ConsoleWorld.open();
  const root = (id: string): string => join(folder, "instances", id);
  const application = join(folder, "application");
  await write(application, setup.files);
  await write(
    application,
    Object.fromEntries(setup.consoles.map((program) => [program, world.launcher(program)])),
  );
  for (const id of instances) await write(root(id), { ".keep": "", ...setup.laid });
  const config = {
    app: "shop",
    source: { use: sourceDirectory, with: { path: application } },
    storage: { use: storageFs, with: { directory: join(folder, "storage") } },
    transport: { use: transportLocal },
    inventory: {
      use: inventoryStatic,
      with: {
        instances: instances.map((id) => ({
          id,
          address: "localhost",
          root: root(id),
          roles: [...(setup.roles?.[id] ?? ["web"])],
        })),
      },
    },
    installer: { use: setup.recipe, with: { env: { PATH: world.path }, ...setup.options } },
    rollout: { waves: [1, "100%"] },
  } as unknown as HawserConfig;
  const engine = await createEngine(config, { baseDirectory: folder, cacheDirectory: join(folder, "cache") });
  return {
    world,
    engine,
    root,
    ending: ({ exitCode, outcome, error }) =>
      [exitCode, outcome, ...(error === undefined ? [] : [error.code])].join(" "),
    commit: (files) => write(application, files),
    deploy: async (request = {}) => await engine.deploy(request).result,
    rollback: async (request = {}) => await engine.rollback(request).result,
    calls: async () => {
      const calls = await world.calls();
      await world.forget();
      return callsOf(calls);
    },
    current: () => instances.map((id) => currentIn(root(id))),
  };
};
