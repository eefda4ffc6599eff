import { createHash, createHmac } from "node:crypto";

/** A request to an S3-compatible server, before it is signed. */
export interface UnsignedRequest {
  readonly method: string;
  readonly host: string;
  /** Percent-encoded, beginning with `/`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly service: "s3" | "sts";
}

export interface S3Login {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const digest = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

const keyed = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** Everything but RFC 3986's unreserved characters is percent-encoded. */
export const encodeS3 = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** A query as it is signed and sent: sorted by name. */
export const queryOf = (query: Readonly<Record<string, string>>): string =>
  Object.keys(query)
    .sort()
    .map((name) => `${encodeS3(name)}=${encodeS3(query[name] ?? "")}`)
    .join("&");

/** The headers that sign a request by Signature Version 4. */
export const signatureOf = (
  request: UnsignedRequest,
  { accessKeyId, secretAccessKey }: S3Login,
): Readonly<Record<string, string>> => {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const scope = [time.slice(0, 8), "us-east-1", request.service, "aws4_request"];
  const signed = { host: request.host, "x-amz-content-sha256": digest(request.body), "x-amz-date": time };
  const names = Object.keys(signed).join(";");
  const canonical = [
    request.method,
    request.path,
    queryOf(request.query),
    ...Object.entries(signed).map(([name, value]) => `${name}:${value}`),
    "",
    names,
    signed["x-amz-content-sha256"],
  ].join("\n");
  const text = ["AWS4-HMAC-SHA256", time, scope.join("/"), digest(canonical)].join("\n");
  const key = scope.reduce<string | Buffer>(keyed, `AWS4${secretAccessKey}`);
  const signature = keyed(key as Buffer, text).toString("hex");
  const credential = `Credential=${accessKeyId}/${scope.join("/")}`;
  return {
    ...signed,
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
};
