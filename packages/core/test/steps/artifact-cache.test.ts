import { readdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ended, ending, openProject, type Project } from "../engine/fixtures/project.ts";

/** The artifacts in the cache, and whatever else lies there. */
const cached = async ({ artifacts }: Project): Promise<string[]> =>
  [...new Set((await readdir(artifacts)).map((file) => file.replace(/\.tar.*/, "")))].sort();

const hoursAgo = async ({ artifacts }: Project, hours: number): Promise<void> => {
  const then = Date.now() / 1000 - hours * 3600;
  for (const file of await readdir(artifacts)) await utimes(join(artifacts, file), then, then);
};

const ship = async (project: Project, text: string): Promise<string> => {
  project.source.add({ "index.html": text });
  const result = await project.engine.deploy().result;
  expect(ending(result)).toBe("0 done");
  return result.artifact ?? "";
};

it("keeps the artifacts of the newest releases, and what is younger than an hour; other files are not its own", async () => {
  const project = await openProject({ instances: 1, config: { keep: { instances: 2, storage: 2 } } });
  const first = await ship(project, "one");
  const abandoned = `sha256-${"0".repeat(64)}`;
  await writeFile(join(project.artifacts, `${abandoned}.tar.gz.123.part`), "cut");
  await hoursAgo(project, 2);
  const second = await ship(project, "two");
  expect(await cached(project)).toEqual(["last.members", second, first].sort());

  const third = await ship(project, "three");
  expect(await cached(project)).toEqual(["last.members", second, third].sort());
  const fourth = await ship(project, "four");
  expect(await cached(project)).toEqual(["last.members", second, third, fourth].sort());

  await hoursAgo(project, 2);
  const looked = await ended(project.engine.prune({ dryRun: true }));
  expect(await cached(project)).toContain(second);
  const pruned = await ended(project.engine.prune());
  expect(await cached(project)).toEqual(["last.members", third, fourth].sort());
  const told = [looked, pruned].map(({ events }) =>
    events.flatMap((event) => (event.type === "step" && event.step === "prune cache" ? [event.detail] : [])),
  );
  expect(told).toEqual([
    [expect.stringMatching(/^would remove [1-3] files$/)],
    [expect.stringMatching(/^[1-3] files removed$/)],
  ]);

  // What went can be had again: nothing but time depends on the cache.
  expect(ending(await project.engine.rollback({ to: "000002" }).result)).toBe("0 done");
});

it("keeps the artifact in service however old its release is", async () => {
  const project = await openProject({ instances: 1, config: { keep: { instances: 1, storage: 5 } } });
  const first = await ship(project, "one");
  await ship(project, "two");
  const third = await ship(project, "three");
  expect(ending(await project.engine.rollback({ to: "000001" }).result)).toBe("0 done");
  await hoursAgo(project, 2);
  await project.engine.prune().result;
  expect(await cached(project)).toEqual(["last.members", first, third].sort());
});

it("that cannot be read fails nothing", async () => {
  const project = await openProject({ instances: 1 });
  await ship(project, "one");
  await rm(project.artifacts, { recursive: true });
  await writeFile(project.artifacts, "no folder");
  expect(ending(await project.engine.prune().result)).toBe("0 done");
});
