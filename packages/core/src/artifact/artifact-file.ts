import { type FileHandle, open } from "node:fs/promises";
import { artifactErrors } from "../errors/artifact-codes.ts";
import type { Manifest } from "./manifest.ts";
import { decodeName, displayName } from "./name.ts";
import { headerBytes, paddedBytes } from "./tar-header.ts";

/** Where a member lies in a canonical tar. */
export interface MemberPlace {
  readonly headerAt: number;
  readonly dataAt: number;
}

/**
 * Where every member lies, by encoded name. It follows from the manifest alone: the members are its entries in its
 * order, and the length of a header from the lengths of the name and the target.
 */
export const layOut = (manifest: Manifest): ReadonlyMap<string, MemberPlace> => {
  const places = new Map<string, MemberPlace>();
  let at = 0;
  for (const { name, mode, sizeBytes } of manifest.entries) {
    const nameBytes = decodeName(name).length + (mode === "dir" ? 1 : 0);
    const isLink = mode === "link";
    const dataAt = at + headerBytes(nameBytes, isLink ? sizeBytes : 0);
    places.set(name, { headerAt: at, dataAt });
    at = dataAt + (isLink ? 0 : paddedBytes(sizeBytes));
  }
  return places;
};

/** A canonical tar on disk, read at any place. */
export class ArtifactFile implements AsyncDisposable {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(path: string): Promise<ArtifactFile> {
    return new ArtifactFile(await open(path, "r"));
  }

  /** Exactly these bytes; a file that ends before them is `HWS_ARTIFACT_CORRUPT`, said of the member `name`. */
  async read(at: number, length: number, name: string): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#file.read(bytes, filled, length - filled, at + filled);
      if (bytesRead === 0)
        throw artifactErrors.HWS_ARTIFACT_CORRUPT([displayName(name), "the artifact ends before it"]);
      filled += bytesRead;
    }
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}
