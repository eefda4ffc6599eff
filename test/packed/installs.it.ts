import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeVersions } from "./node-versions.ts";
import { makeProject, type Project, packageManagers } from "./project.ts";
import { type Registry, startRegistry } from "./registry.ts";
import { tarballs } from "./tarballs.ts";

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
  const packed = await tarballs();
  await Promise.all([...packed.values()].map((tarball) => registry.publish(tarball)));
});
afterAll(async () => await registry[Symbol.asyncDispose]());

describe.each(packageManagers)("a project that installed the packages with $name", (manager) => {
  let project: Project;
  beforeAll(async () => {
    project = await makeProject(manager, registry);
  });
  afterAll(async () => await project?.[Symbol.asyncDispose]());

  it("is type-checked, the declarations of the packages too", async () => {
    const end = await project.check("hawser.config.ts");
    expect(end.stdout).toBe("");
  });

  describe.each(nodeVersions)("on Node $version", (node) => {
    it("deploys by the command from a config in TypeScript", async () => {
      await project.greet(`By the command on ${node.version}`);
      const end = await project.run(["hawser", "deploy", "--config", "hawser.config.ts"], node);
      expect(end.exitCode, end.stdout + end.stderr).toBe(0);
      expect(await project.page()).toContain(`By the command on ${node.version} release`);
    });

    it("deploys by a script of its own with the engine", async () => {
      await project.greet(`By a script on ${node.version}`);
      const end = await project.run(["node", "deploy.js"], node);
      expect(end.stdout, end.stderr).toBe(
        `${JSON.stringify({ ok: true, outcome: "done", node: `v${node.version}` })}\n`,
      );
      expect(await project.page()).toContain(`By a script on ${node.version} release`);
    });
  });
});
