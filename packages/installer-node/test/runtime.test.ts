import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compareRuntime, noteRuntime } from "../src/runtime.ts";
import { type PreparedProject, preparedProject } from "./prepared-project.ts";

const noted = (): string => readFileSync(join(project.directory, ".native-modules"), "utf8");
const machine = `${process.platform} ${process.arch} (glibc|other)`;
const abi = process.versions.modules;

let project: PreparedProject;
beforeEach(async () => {
  project = await preparedProject();
});
afterEach(() => project[Symbol.asyncDispose]());

describe.each(["dash", "bash", "busybox sh"])("native modules, in %s", (shell) => {
  const note = () => project.run({ run: noteRuntime }, shell);
  const compare = () => project.run({ run: compareRuntime }, shell);

  it("says nothing of a release that has none, or whose package chooses among many", async () => {
    await project.write("node_modules/many/prebuilds/linux-x64/addon.node", "");
    expect((await note()).exitCode).toBe(0);
    expect(noted).toThrow(/ENOENT/);
    expect((await compare()).exitCode).toBe(0);
  });

  it("lets what was compiled run with the same major version of Node only", async () => {
    await project.write("node_modules/own/build/Release/addon.node", "");
    expect((await note()).exitCode).toBe(0);
    expect(noted()).toMatch(new RegExp(`^${machine} ${abi}\n$`));
    expect((await compare()).exitCode).toBe(0);
    await project.write(".native-modules", noted().replace(/[0-9]+\n$/, "83\n"));
    const refused = await compare();
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toContain(`this machine has: ${noted().replace(/ 83\n$/, "")}`);
    expect(refused.output).toContain("runtime-check");
  });

  it("lets a binary of a package run with any Node of the same system", async () => {
    await project.write("node_modules/@scope/binary-linux-x64/lib/binary.node", "");
    await note();
    expect(noted()).toMatch(new RegExp(`^${machine} any\n$`));
    expect((await compare()).exitCode).toBe(0);
    await project.write(".native-modules", "darwin arm64 other any\n");
    expect((await compare()).exitCode).toBe(1);
  });

  it("forgets what an earlier build of the same tree had", async () => {
    await project.write("node_modules/own/build/Release/addon.node", "");
    await note();
    await rm(join(project.directory, "node_modules"), { recursive: true });
    await note();
    expect(noted).toThrow(/ENOENT/);
  });
});
