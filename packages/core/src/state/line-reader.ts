import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";

/** No line that Hawser keeps is longer; one that is was not written by it. */
const maxLineLength = 16 * 1024 * 1024;

/**
 * The lines of an object, split by newline alone; one that is too long, or has no end, is left out. A stream that fails fails
 * here, which `node:readline` does not promise.
 */
export async function* readLines(
  storage: Storage,
  key: string,
  context: OperationContext,
): AsyncGenerator<string> {
  const { stream } = await storage.get({ key }, context);
  const decoder = new TextDecoder();
  // Of a line that has become too long only that is remembered.
  let line: string | undefined = "";
  for await (const chunk of stream) {
    const [rest = "", ...next] = decoder.decode(chunk as Buffer, { stream: true }).split("\n");
    line = line === undefined || line.length + rest.length > maxLineLength ? undefined : line + rest;
    for (const begun of next) {
      if (line !== undefined) yield line;
      line = begun;
    }
  }
}
