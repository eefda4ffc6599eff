import { describe, expect, it } from "vitest";
import { ending, given, openProject } from "./fixtures/project.ts";
import { openTwoEnvironments } from "./fixtures/two-environments.ts";

describe("what differs", () => {
  it("is told between releases and environments, in whichever storage they lie", async () => {
    const { engine, source } = await openTwoEnvironments();
    const deploy = async (environment: string, from?: string) =>
      ending(await engine.deploy({ environment, ...(from !== undefined && { from }) }).result);
    expect(await deploy("staging")).toBe("0 done");
    expect(await deploy("production", "staging")).toBe("0 done");
    source.add({ "index.html": "two", "more.html": "more" }, { label: "v2", message: "more" });
    expect(await deploy("staging")).toBe("0 done");

    for (const environment of ["staging", "production"]) {
      const told = await engine.diff({ environment, from: "production", to: "staging" });
      expect(told.from).toMatchObject({ release: "000001", environment: "production", label: "v1" });
      expect(told.to).toMatchObject({ release: "000002", environment: "staging", label: "v2" });
      expect(told.files.map(({ path, change }) => [path, change])).toEqual([
        ["index.html", "changed"],
        ["more.html", "added"],
        ["prepared.txt", "changed"],
      ]);
      expect(told.changes.map(({ message }) => message)).toEqual(["more"]);
      expect(told.unknown).toBeUndefined();
      // Production's storage has no second release: it is found where it lies.
      const { files, to } = await engine.diff({ environment, from: "000001", to: "000002" });
      expect(files).toEqual(told.files);
      expect(to.revision).toBe(told.to.revision);
    }
    for (const [wrong, code] of [
      ["000009", "HWS_RELEASE_UNKNOWN"],
      ["2", "HWS_RELEASE_UNKNOWN"],
      ["nowhere", "HWS_CONFIG_ENVIRONMENT"],
    ] as const)
      await expect(engine.diff({ environment: "staging", from: "000001", to: wrong })).rejects.toMatchObject({
        code,
      });
  });

  it("says why the commits are not known, and still tells the files", async () => {
    const { engine, engineWith, source } = await openProject({ instances: 1 });
    expect(ending(await engine.deploy().result)).toBe("0 done");
    source.add({ "index.html": "two" }, { label: "v2" });
    expect(ending(await engine.deploy().result)).toBe("0 done");
    const between = { from: "000001", to: "000002" };
    const silent = {
      resolve: source.resolve.bind(source),
      fetch: source.fetch.bind(source),
    };
    const failing = { ...silent, changes: () => Promise.reject(new Error("the server is away")) };
    for (const [provider, why] of [
      [silent, "cannot tell"],
      [failing, "the server is away"],
    ] as const) {
      const other = await engineWith({ source: given("source", provider) });
      const told = await other.diff(between);
      expect(told.files.map(({ path }) => path)).toEqual(["index.html"]);
      expect(told.unknown).toContain(why);
      expect(told.changes).toEqual([]);
    }
  });
});
