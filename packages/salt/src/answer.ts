import type { Readable } from "node:stream";

/** A JSON object; everything that comes from salt-api is hostile until somebody has looked at its type. */
export type Answer = Readonly<Record<string, unknown>>;

export const isAnswer = (value: unknown): value is Answer =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads a body whole; undefined when it is longer than the limit. */
export const readBody = async (body: Readable, limitBytes: number): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) {
      body.destroy();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** What an answer of salt-api returned: its `return` has one entry for each call that was made, and one call is made. */
export const returned = (body: Buffer): unknown => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
  if (!isAnswer(parsed) || !Array.isArray(parsed["return"]) || parsed["return"].length !== 1)
    return undefined;
  return parsed["return"][0];
};
