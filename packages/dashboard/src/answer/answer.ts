import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const gzipped = promisify(gzip);

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly type: "text/html" | "text/plain" | "text/css" | "text/javascript";
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A page of the dashboard: nothing inline, nothing from elsewhere, in nobody's frame. */
const ownPolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const always: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": ownPolicy,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** A text that is not worth its compression. */
const smallBytes = 2_000;

/** Sends an answer; of one that the asker has already, that it has. */
export const send = async (
  { headers: asked, method }: IncomingMessage,
  response: ServerResponse,
  { status, type, text, headers = {} }: Answer,
): Promise<void> => {
  const etag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
  const common = { ...always, ...headers, etag, vary: "accept-encoding" };
  if (status === 200 && asked["if-none-match"] === etag) {
    response.writeHead(304, common).end();
    return;
  }
  const plain = Buffer.from(text);
  const packs = plain.length > smallBytes && /\bgzip\b/.test(String(asked["accept-encoding"] ?? ""));
  const body = packs ? await gzipped(plain) : plain;
  response.writeHead(status, {
    ...common,
    "content-type": `${type}; charset=utf-8`,
    "content-length": body.length,
    ...(packs && { "content-encoding": "gzip" }),
  });
  response.end(method === "HEAD" ? undefined : body);
};
