import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { encodeS3, queryOf, type S3Login, signatureOf } from "./s3-signature.ts";

/** A server and who asks it. */
export interface S3Place {
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly port: number;
  readonly login: S3Login;
  /** The file with the authority's certificate; absent for plain HTTP. */
  readonly authority?: string;
}

export interface S3Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface S3Call {
  readonly method: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Whom the signature is for. Default: s3. */
  readonly service?: "s3" | "sts";
}

/** The answer to one signed request, whatever its status. */
export const sendS3 = (place: S3Place, call: S3Call): Promise<S3Answer> =>
  new Promise((resolve, reject) => {
    const host = `${place.host ?? "127.0.0.1"}:${place.port}`;
    const parts = [call.bucket, ...(call.key?.split("/") ?? [])].filter((part) => part !== undefined);
    const path = `/${parts.map(encodeS3).join("/")}`;
    const body = Buffer.from(call.body ?? "");
    const { query = {}, service = "s3" } = call;
    const headers = {
      ...signatureOf({ method: call.method, host, path, query, body, service }, place.login),
      ...(service === "sts" && { "content-type": "application/x-www-form-urlencoded" }),
      "content-length": String(body.length),
    };
    const options = { method: call.method, headers, agent: false } as const;
    const tail = Object.keys(query).length === 0 ? "" : `?${queryOf(query)}`;
    const request =
      place.authority === undefined
        ? httpRequest(`http://${host}${path}${tail}`, options)
        : httpsRequest(`https://${host}${path}${tail}`, { ...options, ca: readFileSync(place.authority) });
    request.once("error", reject);
    request.once("response", async (response) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const { statusCode = 0, headers: answered } = response;
        resolve({ status: statusCode, headers: answered, body: Buffer.concat(chunks) });
      } catch (error) {
        reject(error);
      }
    });
    request.end(body);
  });

/** The answer to a request that must succeed. */
export const mustSendS3 = async (place: S3Place, call: S3Call): Promise<S3Answer> => {
  const answer = await sendS3(place, call);
  if (answer.status >= 300) {
    const what = `${call.method} ${call.bucket ?? ""}/${call.key ?? ""}`;
    throw new Error(`the S3 server answered ${answer.status} to ${what}: ${answer.body.toString()}`);
  }
  return answer;
};
