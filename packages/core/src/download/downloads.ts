import { createHash } from "node:crypto";
import { join } from "node:path";
import type { OperationContext } from "../contracts/common.ts";
import type { Downloaded, DownloadRequest } from "../contracts/download.ts";
import { downloadErrors } from "../errors/download-codes.ts";
import { alone } from "./alone.ts";
import { KeptFiles } from "./kept-files.ts";
import { type DownloadLimits, defaultLimits } from "./limits.ts";
import { PartFile } from "./part-file.ts";
import { Reception } from "./reception.ts";

/** The downloads of one plugin; disposing lets go of the files that were given. */
export class Downloads implements AsyncDisposable {
  readonly #kept: KeptFiles;
  readonly #limits: DownloadLimits;

  /** @param cacheDirectory the plugin's own. */
  constructor(cacheDirectory: string, limits: Partial<DownloadLimits> = {}) {
    this.#limits = { ...defaultLimits, ...limits };
    this.#kept = new KeptFiles(join(cacheDirectory, "downloads"), this.#limits.keptFiles);
  }

  /** `Download` of the contract. Of two downloads of one identity at once the second waits and takes what was kept. */
  async download(request: DownloadRequest, context: OperationContext): Promise<Downloaded> {
    context.signal.throwIfAborted();
    const key = createHash("sha256").update(request.identity).digest("hex");
    const place = await this.#kept.partOf(key);
    return await alone(place, context.signal, async () => {
      const sha256 = request.sha256?.toLowerCase();
      const wanted = { ...request, ...(sha256 !== undefined && { sha256 }) };
      const file = await this.#kept.find(key, wanted, context.signal);
      if (file !== undefined) return { path: this.#kept.pathOf(file), ...file, kept: true };
      return await this.#bring(key, place, wanted, context);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kept[Symbol.asyncDispose]();
  }

  async #bring(
    key: string,
    place: string,
    request: DownloadRequest,
    context: OperationContext,
  ): Promise<Downloaded> {
    await using part = await PartFile.create(place);
    await new Reception(request, part, this.#limits, context).run();
    const file = { sizeBytes: part.sizeBytes, sha256: part.digest() };
    if (request.sha256 !== undefined && request.sha256 !== file.sha256)
      throw downloadErrors.HWS_DOWNLOAD_DIGEST([request.sha256, file.sha256]);
    context.signal.throwIfAborted();
    await this.#kept.add(key, part.path, file);
    return { path: this.#kept.pathOf(file), ...file, kept: false };
  }
}
