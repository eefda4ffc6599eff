import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import type { OperationContext } from "@hawser/core/plugin";
import type { Shell } from "@hawser/ssh";

/** Files of the machine on which a HAProxy runs. */
export interface Files {
  /** The text of a small file; undefined when it is not there or not to be read. */
  read(path: string, context: OperationContext): Promise<string | undefined>;
  /** Puts a whole file in place by one rename. Throws when it cannot. */
  write(path: string, text: string, context: OperationContext): Promise<void>;
}

const limitBytes = 4 * 1024 * 1024;

/** The files of this machine. */
export const localFiles: Files = {
  read: (path, { signal }) =>
    readFile(path, { encoding: "utf8", signal }).catch(() => {
      signal.throwIfAborted();
      return undefined;
    }),
  write: async (path, text, { signal }) => {
    const fresh = `${path}.${randomUUID()}`;
    try {
      const file = await open(fresh, "wx", 0o644);
      try {
        await file.writeFile(text, { signal });
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(fresh, path);
    } catch (error) {
      await rm(fresh, { force: true });
      throw error;
    }
  },
};

// A cut connection ends the input as a whole text would: only the length tells them apart.
const receive = [
  "set -f; umask 022; fresh=$1.$3",
  "trap 'rm -f \"$fresh\"' EXIT",
  'cat >"$fresh" && test "$(wc -c <"$fresh")" -eq "$2" && mv "$fresh" "$1" && echo kept',
].join("; ");

type Channel = Awaited<ReturnType<Shell["start"]>>;

const answerOf = async (channel: Channel, input: string): Promise<string> => {
  try {
    channel.writable.on("error", () => {});
    channel.writable.end(input);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of channel.readable) {
      bytes += (chunk as Buffer).length;
      if (bytes > limitBytes) throw new Error(`more than ${limitBytes} bytes`);
      chunks.push(chunk as Buffer);
    }
    const answer = Buffer.concat(chunks).toString("utf8");
    if (answer === "") throw new Error(await channel.closed);
    return answer;
  } finally {
    channel.close();
  }
};

/** The files of a machine that SSH reaches. Paths passed the grammar of the options: they need no quoting. */
export const sshFiles = (start: (command: string, context: OperationContext) => Promise<Channel>): Files => ({
  read: async (path, context) => {
    try {
      return await answerOf(await start(`head -c ${limitBytes} ${path}`, context), "");
    } catch {
      context.signal.throwIfAborted();
      return undefined;
    }
  },
  write: async (path, text, context) => {
    const bytes = Buffer.byteLength(text);
    const command = `exec sh -c '${receive.replaceAll("'", "'\\''")}' receive ${path} ${bytes} ${randomUUID()}`;
    await answerOf(await start(command, context), text);
  },
});
