import { join } from "node:path";
import { emptyPlan } from "@hawser/testkit";
import { compressArtifact } from "../../src/artifact/stored-form.ts";
import type { InstallPlan } from "../../src/contracts/installer.ts";
import type { Storage } from "../../src/contracts/storage.ts";
import { noSignatures, type Signatures } from "../../src/signing/signatures.ts";
import { Desired } from "../../src/state/desired.ts";
import { applicationKeys } from "../../src/state/keys.ts";
import { Releases } from "../../src/state/releases.ts";
import { fsStorage } from "../state/storages.ts";
import { application, environment, releaseOf, type TestRelease } from "./releases.ts";
import { context } from "./shells.ts";
import { folder, tree } from "./trees.ts";

/** An environment in a storage directory, as a deployer leaves it behind. */
export interface StoredEnvironment {
  readonly directory: string;
  readonly storage: Storage;
  readonly signatures: Signatures;
  /** Stores a release and its plan, and makes it the desired one. */
  desire(
    id: string,
    files: Readonly<Record<string, string>>,
    plan?: Partial<InstallPlan>,
    epoch?: number,
    updated?: number,
  ): Promise<TestRelease>;
}

export const storedEnvironment = async (
  signatures: Signatures = noSignatures,
): Promise<StoredEnvironment> => {
  const directory = join(folder(), "storage");
  const storage = await fsStorage(directory);
  const releases = new Releases(storage, application, signatures);
  const desired = new Desired(storage, application, environment, signatures);
  return {
    directory,
    storage,
    signatures,
    desire: async (id, files, plan = {}, epoch = 1, updated = 1_700_000_000) => {
      const release = await releaseOf(tree(files), id);
      const output = join(folder(), "artifact.tar.gz");
      const form = await compressArtifact({ path: release.packed.path, output }, context());
      await releases.putManifest(release.manifest.bytes, context());
      await releases.putArtifact(
        { ...form, form: "tar.gz", digest: release.packed.digest, path: output },
        context(),
      );
      const body = await signatures.sign(release.record, "hawser-release@v1", context());
      await storage.put(
        { key: applicationKeys(application).release(id), body, sizeBytes: body.length },
        context(),
      );
      const digest = await releases.putPlan({ ...emptyPlan, ...plan }, context());
      const before = await desired.read(context());
      await desired.move(
        {
          to: {
            epoch,
            release: id,
            manifest: release.manifest.digest,
            plan: digest,
            previous: before?.state.release ?? null,
            run: "000001",
            updated,
          },
          expectVersion: before?.state.version ?? 0,
          epoch,
        },
        context(),
      );
      return release;
    },
  };
};
