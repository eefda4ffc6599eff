import { mkdir, mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { scratchName, sweepScratch } from "../../src/operations/scratch.ts";
import { thisOwner } from "../../src/state/owner.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hawser-scratch-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const make = async (name: string): Promise<string> => {
  await mkdir(join(folder, name, "tree"), { recursive: true });
  return name;
};

it("removes what a killed process of this machine left, and nothing of one that lives", async () => {
  const own = await make(scratchName());
  // The number of a process that lives, which started at another time: it is used again.
  await make(scratchName({ ...thisOwner(), pidStart: "1" }));
  await sweepScratch(folder);
  expect(await readdir(folder)).toEqual([own]);
});

it("keeps what another machine left for a day", async () => {
  const elsewhere = { ...thisOwner(), bootId: "00000000-0000-0000-0000-000000000000" };
  const young = await make(scratchName(elsewhere));
  const old = await make(scratchName(elsewhere));
  const twoDaysAgo = Date.now() / 1_000 - 2 * 86_400;
  await utimes(join(folder, old), twoDaysAgo, twoDaysAgo);
  await sweepScratch(folder);
  expect(await readdir(folder)).toEqual([young]);
});

it("takes a folder that is not there for an empty one", async () => {
  await expect(sweepScratch(join(folder, "none"))).resolves.toBeUndefined();
});
