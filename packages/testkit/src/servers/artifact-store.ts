import { createServer } from "node:http";
import { listenOn } from "./listening.ts";
import { serveBytes } from "./served-bytes.ts";

/**
 * A stand-in for the object store of Jenkins' artifact-manager-s3: it serves files at presigned URLs, and refuses who
 * says other credentials beside the signature, as S3 does.
 */
export interface ArtifactStore extends AsyncDisposable {
  readonly origin: string;
  /** Paths and their content. */
  readonly files: Map<string, Buffer>;
  /** Every Authorization header that arrived; empty text for none. */
  readonly authorizations: readonly string[];
}

export const startArtifactStore = async (): Promise<ArtifactStore> => {
  const files = new Map<string, Buffer>();
  const authorizations: string[] = [];
  const server = createServer((request, response) => {
    const said = request.headers.authorization ?? "";
    authorizations.push(said);
    const url = new URL(request.url ?? "/", "http://store");
    const bytes = files.get(decodeURIComponent(url.pathname));
    const refuse = (status: number, code: string, why = code): void => {
      response.writeHead(status, { "content-type": "application/xml" });
      response.end(`<Error><Code>${code}</Code><Message>${why}</Message></Error>`);
    };
    if (said !== "") refuse(400, "InvalidArgument", "Only one auth mechanism allowed");
    else if (!url.searchParams.has("X-Amz-Signature")) refuse(403, "AccessDenied");
    else if (bytes === undefined) refuse(404, "NoSuchKey");
    else serveBytes(request, response, bytes);
  });
  const listening = await listenOn(server);
  return {
    origin: `http://127.0.0.1:${listening.port}`,
    files,
    authorizations,
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  };
};
