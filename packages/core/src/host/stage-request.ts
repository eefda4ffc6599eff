import { Readable } from "node:stream";
import type { HostRequest } from "../contracts/transport.ts";
import { fetchOrder } from "./fetch-order.ts";
import { manifestBody, type StageRequest } from "./host-requests.ts";

/** The parts of the body one after the other; an archive that is sent is opened only when its turn comes. */
export const stageRequest = (request: StageRequest): HostRequest => {
  const { record, manifest, archive, supplement } = request;
  const supplementBytes = supplement?.length ?? 0;
  const order = "from" in archive ? fetchOrder(archive.from) : undefined;
  const archiveBytes = order?.length ?? archive.sizeBytes;
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
      manifest: String(manifestBody(manifest).length),
      archive: String(archive.sizeBytes),
      supplement: String(supplementBytes),
      "manifest-form": manifest.form,
      "archive-form": archive.form,
      ...("from" in archive && {
        "archive-digest": archive.sha256,
        fetch: String(archiveBytes),
        "fetch-ms": String(archive.from.limitMs),
      }),
      ...(request.install !== undefined && { install: request.install }),
    },
    body: {
      stream: Readable.from(parts(request, order), { objectMode: false }),
      sizeBytes: record.length + manifestBody(manifest).length + archiveBytes + supplementBytes,
    },
  };
};

async function* parts(
  { record, manifest, archive, supplement }: StageRequest,
  order: Uint8Array | undefined,
): AsyncGenerator<Uint8Array> {
  yield record;
  yield manifestBody(manifest);
  if (order !== undefined) yield order;
  else if ("open" in archive && archive.sizeBytes > 0) yield* archive.open() as AsyncIterable<Uint8Array>;
  if (supplement !== undefined && supplement.length > 0) yield supplement;
}
