import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { MinioServer } from "./minio-server.ts";

export interface FrontAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface FrontRequest {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
}

/** A server before MinIO that may say something else than it does. */
export interface MinioFront extends AsyncDisposable {
  readonly port: number;
  readonly requests: readonly FrontRequest[];
}

/** What becomes of an answer; the answer itself when nothing does. */
export type FrontChange = (request: FrontRequest, answer: FrontAnswer) => FrontAnswer | Promise<FrontAnswer>;

const ask = async (server: Pick<MinioServer, "port">, incoming: IncomingMessage): Promise<FrontAnswer> => {
  const { method, url, headers } = incoming;
  const passed = request({ host: "127.0.0.1", port: server.port, method, path: url, headers, agent: false });
  incoming.pipe(passed);
  const [answer] = (await once(passed, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const told = Object.entries(answer.headers).filter(([, value]) => typeof value === "string");
  return {
    status: answer.statusCode ?? 0,
    headers: Object.fromEntries(told) as Record<string, string>,
    body: Buffer.concat(chunks),
  };
};

const reply = (
  response: ServerResponse,
  method: string,
  { status, headers = {}, body }: FrontAnswer,
): void => {
  const { "transfer-encoding": _, ...rest } = headers;
  const length = method === "HEAD" ? {} : { "content-length": String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...rest, ...length });
  response.end(method === "HEAD" ? "" : body);
};

/** What is said in the server's place, without asking it; undefined to ask it. */
export type FrontRefusal = (request: FrontRequest) => FrontAnswer | undefined;

/** Starts it on a random port of loopback. Requests reach MinIO as they came, signature and all. */
export const startMinioFront = async (
  server: Pick<MinioServer, "port">,
  change: FrontChange,
  refusal: FrontRefusal = () => undefined,
): Promise<MinioFront> => {
  const requests: FrontRequest[] = [];
  const front = createServer(async (incoming, response) => {
    const { method = "", url = "", headers } = incoming;
    const seen = { method, url, headers };
    requests.push(seen);
    try {
      const refused = refusal(seen);
      if (refused !== undefined) {
        incoming.resume();
        await once(incoming, "end");
        reply(response, method, refused);
      } else reply(response, method, await change(seen, await ask(server, incoming)));
    } catch (error) {
      response.destroy(error as Error);
    }
  });
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  return {
    port: (front.address() as AddressInfo).port,
    requests,
    [Symbol.asyncDispose]: async () => {
      front.closeAllConnections();
      front.close();
      await once(front, "close");
    },
  };
};

/** An error as S3 words it. */
export const errorAnswer = (status: number, code: string, more = ""): FrontAnswer => ({
  status,
  headers: { "content-type": "application/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>no</Message>${more}</Error>`,
});
