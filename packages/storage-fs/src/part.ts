import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { PutRequest } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { Layout } from "./layout.ts";

/**
 * Writes a body whole into a file of its own and makes it durable; the key is not touched. A body of another length
 * than promised is `HWS_STORAGE_TRUNCATED`, and after any failure the file is gone.
 */
export async function writePart(layout: Layout, request: PutRequest, signal: AbortSignal): Promise<string> {
  const path = join(layout.parts, layout.fresh());
  try {
    const handle = await open(path, "wx");
    try {
      let written = 0;
      for await (const chunk of chunksOf(request.body, signal)) {
        signal.throwIfAborted();
        written += chunk.length;
        if (written > request.sizeBytes) break;
        await handle.appendFile(chunk);
      }
      if (written !== request.sizeBytes) {
        throw errors.HWS_STORAGE_TRUNCATED([request.key, request.sizeBytes, written]);
      }
      signal.throwIfAborted();
      await handle.sync();
    } finally {
      await handle.close();
    }
    return path;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function* chunksOf(body: Uint8Array | Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  if (body instanceof Uint8Array) {
    yield Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    return;
  }
  // A source that gives nothing more would otherwise hold an aborted put for ever.
  const stop = () => body.destroy(signal.reason as Error);
  signal.addEventListener("abort", stop, { once: true });
  try {
    if (signal.aborted) stop();
    for await (const chunk of body) yield Buffer.from(chunk as Uint8Array);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
