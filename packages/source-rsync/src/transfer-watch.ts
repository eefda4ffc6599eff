import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

export interface WatchedTransfer {
  /** Where files grow until they are whole. */
  readonly drafts: string;
  /** How long nothing may happen. */
  readonly silenceMs: number;
  /** Grows while rsync gets on. */
  progress(): number;
  /** Called with the length of what is just being written. */
  grown(draftBytes: number): void;
  stalled(): void;
}

const pauseMs = 500;

/**
 * Looks at a transfer from outside until the returned function is called. rsync's own `--timeout` does not hold there:
 * its receiving side takes the signs of life that it sends itself for the server's.
 */
export const watchTransfer = (transfer: WatchedTransfer): (() => void) => {
  let last = "";
  let since = performance.now();
  const look = async (): Promise<void> => {
    const draftBytes = await sizeOf(transfer.drafts);
    const now = `${transfer.progress()} ${draftBytes}`;
    transfer.grown(draftBytes);
    if (now !== last) [last, since] = [now, performance.now()];
    else if (performance.now() - since > transfer.silenceMs) transfer.stalled();
  };
  const timer = setInterval(() => void look(), pauseMs);
  return () => clearInterval(timer);
};

/** A draft may be renamed away while it is looked at. */
const sizeOf = async (drafts: string): Promise<number> => {
  const names = await readdir(drafts).catch(() => []);
  const sizes = names.map((name) =>
    lstat(join(drafts, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
};
