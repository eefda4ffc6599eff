import { constants } from "node:fs";
import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { FetchingSource, OperationContext, Problem, Revision } from "@hawser/core/plugin";
import type { Artifact } from "./artifact.ts";

/** An artifact that is one file of the application, and all of it. */
export class HttpFileSource implements FetchingSource {
  readonly #artifact: Artifact;
  readonly #file: string;

  /** @param file a relative path that leads nowhere but down. */
  constructor(artifact: Artifact, file: string) {
    this.#artifact = artifact;
    this.#file = file;
  }

  async resolve({ ref }: { readonly ref?: string }, context: OperationContext): Promise<Revision> {
    return await this.#artifact.resolve(ref, context);
  }

  async fetch(
    { revision, directory }: { readonly revision: Revision; readonly directory: string },
    context: OperationContext,
  ): Promise<void> {
    const { path } = await this.#artifact.bring(revision, context);
    const target = join(directory, this.#file);
    await makeFolders(directory, this.#file);
    await copyFile(path, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    // HTTP tells no mode, and the cache's own is for nobody else.
    await chmod(target, 0o644);
  }

  async check(context: OperationContext): Promise<readonly Problem[]> {
    return await this.#artifact.check(context);
  }
}

/** Makes the folders above a path, with the same mode whatever the deployer's umask. */
const makeFolders = async (directory: string, path: string): Promise<void> => {
  let at = directory;
  for (const name of path.split("/").slice(0, -1)) {
    at = join(at, name);
    await mkdir(at);
    await chmod(at, 0o755);
  }
};
