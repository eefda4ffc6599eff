import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { built } from "./built.ts";
import { ending } from "./hawser-process.ts";
import { type SmallProject, smallProject } from "./small-project.ts";

let project: SmallProject;
beforeAll(async () => {
  await built();
  project = await smallProject();
  project.config("hawser");
});
afterAll(async () => await project?.[Symbol.asyncDispose]());

const deploy = async (page: string, ...options: readonly string[]): Promise<string> => {
  await project.git.commit({ files: { "index.html": page } });
  return ending(await project.hawser("deploy", ...options));
};
const pages = (): string[] =>
  project.instances.map((instance) => readFileSync(join(instance, "current/index.html"), "utf8"));

it("a storage that is lost altogether is begun anew by `deploy --adopt`, above every release that instances hold", async () => {
  expect(await deploy("one")).toBe("0 done");
  expect(await deploy("two")).toBe("0 done");
  await rm(project.storage, { recursive: true });

  expect(await deploy("three")).toContain("HWS_FLEET_YOUNG_STORAGE");
  expect(pages()).toEqual(["two", "two"]);
  const adopted = await project.hawser("deploy", "--adopt");
  expect(ending(adopted)).toBe("0 done");
  expect(adopted.result?.release).toBe("000003");
  expect(pages()).toEqual(["three", "three"]);

  expect(await deploy("four")).toBe("0 done");
  expect(ending(await project.hawser("rollback"))).toBe("0 done");
  expect(pages()).toEqual(["three", "three"]);
});

it.each(["desired", "lock"])(
  "an object `%s` that is damaged beyond repair is removed, and adopted anew",
  async (name) => {
    await rm(join(project.storage, "shop/top", name));
    expect(await deploy(`without ${name}`, "--adopt")).toBe("0 done");
    expect(await deploy(`after ${name}`)).toBe("0 done");
    expect(pages()).toEqual([`after ${name}`, `after ${name}`]);
  },
);
