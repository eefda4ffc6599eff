import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createEngine, type Use, use } from "@hawser/core";
import installerScript from "../../../packages/installer-script/src/index.ts";
import inventoryStatic from "../../../packages/inventory-static/src/index.ts";
import storageFs from "../../../packages/storage-fs/src/index.ts";
import transportLocal from "../../../packages/transport-local/src/index.ts";

/**
 * The digest of the artifact that a deploy from a source would ship: resolved, fetched or unpacked, and packed by the
 * engine, in a folder that is the caller's.
 */
export const artifactFrom = async (folder: string, source: Use<"source">): Promise<string> => {
  const root = join(folder, "instance");
  mkdirSync(root, { recursive: true });
  await using engine = await createEngine(
    {
      app: "shop",
      source,
      storage: use(storageFs, { directory: join(folder, "storage") }),
      transport: use(transportLocal, {}),
      installer: use(installerScript, {}),
      inventory: use(inventoryStatic, { instances: [{ id: "web1", address: "localhost", root }] }),
    },
    { baseDirectory: folder, cacheDirectory: join(folder, "cache") },
  );
  const result = await engine.plan({ build: true }).result;
  if (result.artifact === null) throw new Error(`${result.error?.code}: ${result.error?.message}`);
  return result.artifact;
};
