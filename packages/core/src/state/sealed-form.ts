import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { isSealed, type PlainForm, plainForm, type SealedForm } from "../artifact/form-name.ts";
import { writeWhole } from "../artifact/part-file.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { Sealing } from "../sealing/sealing.ts";
import type { ArtifactForm, OpenedArtifactForm } from "./artifacts.ts";
import type { StoredForm } from "./form-record.ts";

/** Seals a compressed form into a file beside it, which disposing removes. */
export const sealForm = async (
  artifact: ArtifactForm,
  sealing: Sealing,
  context: OperationContext,
): Promise<ArtifactForm & AsyncDisposable> => {
  const path = `${artifact.path}.age`;
  const sealed = await writeWhole(path, async (file) => {
    const hash = createHash("sha256");
    let sizeBytes = 0;
    for await (const chunk of sealing.seal(createReadStream(artifact.path, { highWaterMark: 1 << 20 }))) {
      context.signal.throwIfAborted();
      hash.update(chunk);
      sizeBytes += chunk.length;
      await file.writeFile(chunk);
    }
    return { sizeBytes, sha256: hash.digest("hex") };
  });
  return {
    ...sealed,
    digest: artifact.digest,
    form: sealedForm(artifact.form as PlainForm),
    recipients: sealing.recipientsDigest,
    path,
    [Symbol.asyncDispose]: () => rm(path, { force: true }),
  };
};

const sealedForm = (form: PlainForm): SealedForm => `${form}.age`;

/** The bytes of a compressed form, from one that is stored. */
export interface OpenedArtifact {
  readonly form: PlainForm;
  readonly stored: StoredForm;
  /** Fails when the stored bytes are not those of the record, or not what was sealed. */
  readonly stream: Readable;
}

/** Opens what is sealed; the rest is handed on. */
export const openForm = (opened: OpenedArtifactForm, digest: string, sealing: Sealing): OpenedArtifact => {
  const { stream, ...stored } = opened;
  const form = plainForm(stored.form);
  if (!isSealed(stored.form)) return { form, stored, stream };
  // Its error is thrown where the stream that is made of it is read.
  stream.on("error", () => {});
  const bytes = sealing.open(stream, `the artifact ${digest}`);
  return { form, stored, stream: Readable.from(bytes, { objectMode: false }) };
};
