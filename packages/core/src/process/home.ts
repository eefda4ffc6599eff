import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives a program a home of its own that is empty at its start and gone after its end. */
export const withEmptyHome = async <T>(run: (home: string) => Promise<T>): Promise<T> => {
  const home = await mkdtemp(join(tmpdir(), "hawser-home-"));
  try {
    return await run(home);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
};
