import type { IncomingMessage } from "node:http";

const mostBytes = 4_096;

/** The fields of a form that was sent; undefined when it is none, or too long. */
export const formOf = async (request: IncomingMessage): Promise<URLSearchParams | undefined> => {
  const [type] = (request.headers["content-type"] ?? "").split(";");
  if (type?.trim().toLowerCase() !== "application/x-www-form-urlencoded") return undefined;
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > mostBytes) return undefined;
    parts.push(part);
  }
  return new URLSearchParams(Buffer.concat(parts).toString("utf8"));
};
