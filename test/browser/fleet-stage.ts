import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createEngine, type Engine, type HawserConfig, use } from "@hawser/core";
import storageFs from "@hawser/storage-fs";
import {
  MemoryInstaller,
  MemoryInventory,
  MemoryLoadBalancer,
  MemorySource,
  SimulatedTransport,
  testDirectory,
} from "@hawser/testkit";
import transportLocal from "@hawser/transport-local";
import { given } from "../../packages/core/test/engine/fixtures/project.ts";

/** An application on folders of this machine, its state in a folder too. */
export interface FleetStage {
  readonly engine: Engine;
  readonly source: MemorySource;
  readonly folder: string;
  /** The folder of an instance; they go through all environments in order: `web1`, `web2`, … */
  root(id: string): string;
}

type Plan = ConstructorParameters<typeof MemoryInstaller>[0];

export interface FleetStageOptions {
  /** How many instances each environment has. Default: a `production` of 4. */
  readonly environments?: Readonly<Record<string, number>>;
  readonly plan?: Plan;
  /** Instances that are simulated in this process: for many. */
  readonly simulated?: true;
  readonly config?: Partial<HawserConfig>;
}

/** What every release of the application has. */
export const bulk: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: 40 }, (_, at) => [`vendor/part${at}.txt`, `part ${at}\n`.repeat(2_000)]),
);

/** Goes away with the test that runs now. */
export const fleetStage = async ({
  environments = { production: 4 },
  plan,
  simulated,
  config,
}: FleetStageOptions = {}): Promise<FleetStage> => {
  const folder = testDirectory("hawser-stage-");
  const root = (id: string): string => join(folder, "instances", id);
  const source = new MemorySource();
  source.add({ ...bulk, "index.html": "one", "app/shop.txt": "a shop" }, { label: "v1.4.0" });
  let made = 0;
  const blocks: Record<string, object> = {};
  for (const [name, many] of Object.entries(environments)) {
    const ids = Array.from({ length: many }, () => `web${++made}`);
    if (simulated === undefined) for (const id of ids) await mkdir(root(id), { recursive: true });
    const instances = ids.map((id, at) => ({
      id,
      address: `${id}.test`,
      ...(simulated === undefined && { root: root(id) }),
      roles: [at % 4 === 3 ? "worker" : "web"],
      lifecycle: "inService" as const,
    }));
    blocks[name] = {
      inventory: given("inventory", new MemoryInventory(instances)),
      loadBalancer: given("loadBalancer", new MemoryLoadBalancer(ids)),
    };
  }
  const transport =
    simulated === undefined ? await transportLocal.create({}, undefined as never) : new SimulatedTransport();
  const whole: HawserConfig = {
    app: "shop",
    root: join(folder, "instances"),
    source: given("source", source),
    storage: use(storageFs, { directory: join(folder, "storage") }),
    transport: given("transport", transport),
    installer: given("installer", new MemoryInstaller(plan)),
    environments: blocks as never,
    ...config,
  };
  const engine = await createEngine(whole, { baseDirectory: folder, cacheDirectory: join(folder, "cache") });
  return { engine, source, folder, root };
};
