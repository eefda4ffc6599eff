import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hostBoot } from "../../src/host/boot.ts";
import { hostProgram } from "../../src/host/program.ts";

const sources = new URL("../../host/", import.meta.url).pathname;

test("the host program is clean under shellcheck", () => {
  const joined = readdirSync(sources)
    .sort()
    .map((name) => readFileSync(join(sources, name), "utf8"))
    .join("\n");
  const { length } = execFileSync("shellcheck", ["-s", "sh", "-f", "gcc", "-"], { input: joined });
  expect(length).toBe(0);
});

test("the host program is named by its digest and is made once", () => {
  const program = hostProgram();
  expect(program.digest).toBe(createHash("sha256").update(program.text).digest("hex"));
  expect(hostProgram()).toBe(program);
});

test("the program holds no comment, no blank line and nothing but ASCII", () => {
  const text = Buffer.from(hostProgram().text).toString("latin1");
  expect(text).not.toMatch(/^\s*(#.*)?$\n/m);
  expect(text).toMatch(/^[\t\n\x20-\x7e]+$/);
});

test("the boot line is one line that every login shell hands on as it is", () => {
  expect(hostBoot).toMatch(/^exec sh -c '[^'!\\\n]+'$/);
});
