import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { built } from "./built.ts";
import { ending } from "./hawser-process.ts";
import { type SmallProject, smallProject } from "./small-project.ts";

let project: SmallProject;
beforeAll(async () => {
  await built();
  project = await smallProject();
  await project.git.commit({ files: { "index.html": "one\n" } });
  project.config("hawser");
  const first = await project.hawser("deploy");
  expect(first.exitCode, ending(first)).toBe(0);
});
afterAll(async () => await project?.[Symbol.asyncDispose]());

it("hawser fsck ends with 0 over a whole storage, and with 1 and the damaged key over one with a flipped bit", async () => {
  const before = project.digest(project.storage);
  const whole = await project.hawser("fsck");
  expect(whole.exitCode, ending(whole)).toBe(0);
  expect(whole.result).toMatchObject({ ok: true, problems: [], objects: expect.any(Number) });
  const manifests = join(project.storage, "shop/manifests");
  const [name = ""] = readdirSync(manifests);
  const bytes = readFileSync(join(manifests, name));
  bytes[5]! ^= 2;
  writeFileSync(join(manifests, name), bytes);
  const damaged = await project.hawser("fsck");
  expect(damaged.exitCode).toBe(1);
  expect(damaged.result).toMatchObject({
    ok: false,
    problems: [{ where: `shop/manifests/${name}`, state: "damaged", hint: expect.any(String) }],
  });
  bytes[5]! ^= 2;
  writeFileSync(join(manifests, name), bytes);
  expect(project.digest(project.storage)).toBe(before);
});
