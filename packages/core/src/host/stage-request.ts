import { Readable } from "node:stream";
import type { HostRequest } from "../contracts/transport.ts";
import type { StageRequest } from "./host-requests.ts";

/** The four parts of the body one after the other; the archive is opened only when its turn comes. */
export const stageRequest = (request: StageRequest): HostRequest => {
  const { record, manifest, archive, supplement } = request;
  const supplementBytes = supplement?.length ?? 0;
  const sizeBytes = record.length + manifest.gzip.length + archive.sizeBytes + supplementBytes;
  return {
    verb: "stage",
    headers: {
      epoch: String(request.epoch),
      application: request.application,
      environment: request.environment,
      release: request.release,
      method: request.method,
      ...(request.base !== undefined && { base: request.base }),
      ...(request.lender !== undefined && { lender: request.lender }),
      record: String(record.length),
      manifest: String(manifest.gzip.length),
      archive: String(archive.sizeBytes),
      supplement: String(supplementBytes),
      "manifest-form": manifest.form,
      "archive-form": archive.form,
      ...(request.install !== undefined && { install: request.install }),
    },
    body: { stream: Readable.from(parts(request), { objectMode: false }), sizeBytes },
  };
};

async function* parts({ record, manifest, archive, supplement }: StageRequest): AsyncGenerator<Uint8Array> {
  yield record;
  yield manifest.gzip;
  if (archive.sizeBytes > 0) yield* archive.open() as AsyncIterable<Uint8Array>;
  if (supplement !== undefined && supplement.length > 0) yield supplement;
}
