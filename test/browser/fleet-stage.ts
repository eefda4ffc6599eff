import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createEngine, type Engine, type HawserConfig } from "@hawser/core";
import storageFs from "@hawser/storage-fs";
import {
  MemoryInstaller,
  MemoryInventory,
  MemoryLoadBalancer,
  MemorySource,
  testDirectory,
} from "@hawser/testkit";
import transportLocal from "@hawser/transport-local";
import { given } from "../../packages/core/test/engine/fixtures/project.ts";

/** An application on folders of this machine, its state in a folder too. */
export interface FleetStage {
  readonly engine: Engine;
  readonly source: MemorySource;
  readonly config: HawserConfig;
  readonly folder: string;
  root(id: string): string;
}

export interface FleetStageOptions {
  readonly instances?: number;
  readonly plan?: ConstructorParameters<typeof MemoryInstaller>[0];
  readonly config?: Partial<HawserConfig>;
}

/** Goes away with the test that runs now. */
export const fleetStage = async ({
  instances = 4,
  plan,
  config,
}: FleetStageOptions = {}): Promise<FleetStage> => {
  const folder = testDirectory("hawser-stage-");
  const ids = Array.from({ length: instances }, (_, index) => `web${index + 1}`);
  const root = (id: string): string => join(folder, "instances", id);
  for (const id of ids) await mkdir(root(id), { recursive: true });
  const source = new MemorySource();
  source.add({ "index.html": "one", "app/shop.txt": "a shop" }, { label: "v1.4.0" });
  const whole: HawserConfig = {
    app: "shop",
    root: join(folder, "instances"),
    source: given("source", source),
    storage: { use: storageFs, with: { directory: join(folder, "storage") } },
    transport: given("transport", await transportLocal.create({}, undefined as never)),
    inventory: given(
      "inventory",
      new MemoryInventory(
        ids.map((id, at) => ({
          id,
          address: `${id}.test`,
          root: root(id),
          roles: [at % 4 === 3 ? "worker" : "web"],
          lifecycle: "inService",
        })),
      ),
    ),
    loadBalancer: given("loadBalancer", new MemoryLoadBalancer(ids)),
    installer: given("installer", new MemoryInstaller(plan)),
    ...config,
  };
  const engine = await createEngine(whole, { baseDirectory: folder, cacheDirectory: join(folder, "cache") });
  return { engine, source, config: whole, folder, root };
};
