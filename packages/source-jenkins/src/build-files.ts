import { createReadStream } from "node:fs";
import {
  archiveFormatOf,
  type Downloaded,
  type OpenedArchive,
  type OpenedPart,
  type OperationContext,
  type PluginContext,
} from "@hawser/core/plugin";
import { artifactUrl } from "./artifact-choice.ts";
import { type Candidate, identityOf, pathsDigest } from "./candidate.ts";
import { errors } from "./errors.ts";
import { filesArchive, type TreeFile } from "./files-archive.ts";
import { checkFingerprint } from "./fingerprint.ts";
import type { Jenkins } from "./jenkins.ts";

/** Thrown by an opening that asks nobody: it tells that nothing was kept. */
const notKept = new Error("nothing was kept");

/** Brings what builds have archived. */
export class BuildFiles {
  readonly #jenkins: Jenkins;
  readonly #plugin: PluginContext;

  constructor(jenkins: Jenkins, plugin: PluginContext) {
    this.#jenkins = jenkins;
    this.#plugin = plugin;
  }

  /** One file that is an archive is the tree's archive; otherwise the files are the tree. */
  async open(candidate: Candidate, context: OperationContext): Promise<OpenedArchive> {
    const [first = "", ...more] = candidate.paths;
    const format = more.length === 0 ? archiveFormatOf(first) : undefined;
    if (format !== undefined) {
      const file = await this.#artifact(candidate, first, context);
      return { stream: createReadStream(file.path), format };
    }
    const file = await this.#filesTar(candidate, context);
    return { stream: createReadStream(file.path), format: "tar" };
  }

  /** The tar is kept whole, so that many files of a build do not have to be. */
  async #filesTar(candidate: Candidate, context: OperationContext): Promise<Downloaded> {
    const identity = identityOf(candidate, `files ${pathsDigest(candidate)}`);
    const kept = await this.#plugin
      .download({ identity, open: () => Promise.reject(notKept) }, context)
      .catch((error: unknown) => {
        if (error !== notKept) throw error;
        return undefined;
      });
    if (kept !== undefined) return kept;
    const files: TreeFile[] = [];
    for (const path of candidate.paths)
      files.push({ path, file: await this.#artifact(candidate, path, context) });
    const open = async (): Promise<OpenedPart> => ({ stream: filesArchive(files), offset: 0 });
    return await this.#plugin.download({ identity, open }, context);
  }

  async #artifact(candidate: Candidate, path: string, context: OperationContext): Promise<Downloaded> {
    const url = artifactUrl(candidate.url, path);
    const open = async (offset: number, attempt: OperationContext): Promise<OpenedPart> => {
      const part = await this.#jenkins.file(url, offset, attempt);
      if (part === undefined) throw errors.HWS_SOURCE_MOVED([candidate.shown, `${path} is gone`]);
      return part;
    };
    const file = await this.#plugin.download({ identity: identityOf(candidate, path), open }, context);
    await checkFingerprint(candidate.build, { path, file, build: candidate.shown }, context.signal);
    return file;
  }
}
