import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

export interface Watched {
  /** The working copy that svn writes to; absent for a command that only asks. */
  readonly directory?: string | undefined;
  /** How long nothing may happen. */
  readonly silenceMs: number;
  stalled(): void;
}

/**
 * Looks at a command from outside until the returned function is called. svn's own time limit is for a connection that
 * is silent: one that is closed again and again it opens for ever.
 */
export const watchStandstill = ({ directory, silenceMs, stalled }: Watched): (() => void) => {
  let last = "";
  let since = performance.now();
  const look = async (): Promise<void> => {
    const now = directory === undefined ? "" : await traceOf(join(directory, ".svn"));
    if (now !== last) [last, since] = [now, performance.now()];
    else if (performance.now() - since > silenceMs) stalled();
  };
  const timer = setInterval(() => void look(), Math.min(1_000, silenceMs / 4));
  return () => clearInterval(timer);
};

/** What svn writes while it gets on: its database, and what is received. */
const traceOf = async (administration: string): Promise<string> => {
  const drafts = await readdir(join(administration, "tmp")).catch(() => []);
  const files = ["wc.db", "wc.db-journal", ...drafts.map((name) => join("tmp", name))];
  const traces = files.map((name) =>
    stat(join(administration, name)).then(
      ({ size, mtimeMs }) => `${name} ${size} ${mtimeMs}`,
      () => "",
    ),
  );
  return (await Promise.all(traces)).join("\n");
};
