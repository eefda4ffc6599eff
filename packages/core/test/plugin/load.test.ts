import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { checkPlugin } from "../../src/index.ts";

const folder = (files: Readonly<Record<string, string>>): string => {
  const directory = mkdtempSync(join(tmpdir(), "hawser-plugin-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries({ "package.json": '{"type":"module"}', ...files })) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
};

const plugin = (changes: string) => `export default {
  apiVersion: 1, kind: "source", name: "acme",
  schema: { type: "object", properties: {}, additionalProperties: false },
  create: () => ({}), ...${changes} };`;

const check = async (text: string) => checkPlugin("./acme.js", folder({ "acme.js": text }));

describe("checking a plugin", () => {
  it("finds nothing wrong with a plugin that is fit", async () => {
    expect(await check(plugin("{}"))).toEqual([]);
  });

  it("finds packages whose exports only import may use, from the folder given", async () => {
    const directory = folder({
      "node_modules/@acme/lb/package.json":
        '{"name":"@acme/lb","type":"module","exports":{".":{"import":"./a.js"},"./other":{"import":"./a.js"}}}',
      "node_modules/@acme/lb/a.js": plugin("{}"),
    });
    expect(await checkPlugin("@acme/lb", directory)).toEqual([]);
    expect(await checkPlugin("@acme/lb/other", directory)).toEqual([]);
    expect(await checkPlugin("@acme/lb/none", directory)).toMatchObject([{ code: "HWS_PLUGIN_NOT_FOUND" }]);
  });

  it("takes a folder as the package in it, loaded by its name through its exports", async () => {
    const directory = folder({
      "package.json": '{"name":"@acme/lb","type":"module","exports":"./dist/a.js"}',
      "dist/a.js": plugin("{}"),
      "below/here.txt": "",
    });
    expect(await checkPlugin(".", directory)).toEqual([]);
    expect(await checkPlugin("../", join(directory, "below"))).toEqual([]);
    expect(await checkPlugin(directory, tmpdir())).toEqual([]);
  });

  it.each([
    ["has no package.json", {}, "no package.json"],
    ["has a broken one", { "here/package.json": "{" }, "not JSON"],
    ["has one without exports", { "here/package.json": '{"name":"lb"}' }, "`exports`"],
    ["is not built", { "here/package.json": '{"name":"lb","exports":"./dist/a.js"}' }, "not there"],
  ])("says of a folder that it %s", async (_, files, why) => {
    const directory = folder({ "here/note.txt": "", ...files });
    const [problem] = await checkPlugin("./here", directory);
    expect(problem).toMatchObject({ code: "HWS_PLUGIN_FOLDER", message: expect.stringContaining(why) });
  });

  it("takes a step, and says which schema of its facts cannot be used", async () => {
    const step = (gives: string) =>
      `export default { name: "scan", where: "deployer", needs: [], gives: ${gives}, run: async () => ({}) };`;
    expect(await check(step('{ found: { type: "integer" } }'))).toEqual([]);
    const [problem] = await check(step('{ found: { type: "number of" } }'));
    expect(problem).toMatchObject({ code: "HWS_STEP_INVALID", message: expect.stringContaining("found") });
  });

  it("says how to install what is missing", async () => {
    expect(await checkPlugin("@acme/none/entry", folder({}))).toEqual([
      {
        code: "HWS_PLUGIN_NOT_FOUND",
        message: expect.stringContaining("@acme/none/entry"),
        hint: "is it installed there? `npm i @acme/none`",
        where: "@acme/none/entry",
        severity: "error",
      },
    ]);
  });

  it("loads nothing but files: no built-in, no URL, no option", async () => {
    const directory = folder({});
    for (const specifier of [
      "node:fs",
      "fs",
      "data:text/javascript,globalThis.x=1",
      "https://example.org/x.js",
      "file:///etc/passwd",
      "--eval",
      "",
      "a b",
      "..",
    ]) {
      const [problem] = await checkPlugin(specifier, directory);
      expect(problem?.code).toMatch(/^HWS_PLUGIN_(SPECIFIER|NOT_FOUND)$/);
    }
  });

  it.each([
    ["throws", "throw new Error('boom')", "HWS_PLUGIN_FAILED", "boom"],
    ["has no default export", "export const x = 1", "HWS_PLUGIN_EXPORT", "without `apiVersion`"],
    ["exports a function", "export default () => 1", "HWS_PLUGIN_EXPORT", "of type function"],
    ["is of an unknown kind", plugin('{ kind: "sauce" }'), "HWS_PLUGIN_KIND", "sauce"],
    ["has no name", plugin('{ name: "" }'), "HWS_PLUGIN_NAME", "no name"],
    ["has no schema", plugin("{ schema: undefined }"), "HWS_PLUGIN_SCHEMA", "missing"],
    [
      "has a schema that takes any name",
      plugin('{ schema: { type: "object", properties: {} } }'),
      "HWS_PLUGIN_SCHEMA",
      "additionalProperties",
    ],
    [
      "has a schema that is none",
      plugin(
        '{ schema: { type: "object", properties: { a: { type: "text" } }, additionalProperties: false } }',
      ),
      "HWS_PLUGIN_SCHEMA",
      "",
    ],
    [
      "has a mistyped word in its schema",
      plugin(
        '{ schema: { type: "object", properties: { a: { type: "string", patern: "x" } }, additionalProperties: false } }',
      ),
      "HWS_PLUGIN_SCHEMA",
      "patern",
    ],
    ["cannot create", plugin("{ create: 1 }"), "HWS_PLUGIN_CREATE", "create"],
  ])("says that a plugin %s", async (_what, text, code, message) => {
    expect(await check(text)).toMatchObject([
      { code, message: expect.stringContaining(message), severity: "error" },
    ]);
  });

  it("names both contract versions and the mend", async () => {
    expect(await check(plugin("{ apiVersion: 2 }"))).toMatchObject([
      {
        code: "HWS_PLUGIN_API_VERSION",
        message: "the plugin ./acme.js speaks contract version 2, this Hawser serves 1",
        hint: "update Hawser: `npm i @hawser/core@latest`",
      },
    ]);
    expect(await check(plugin("{ apiVersion: 0 }"))).toMatchObject([
      { code: "HWS_PLUGIN_API_VERSION", hint: expect.stringContaining("update the plugin") },
    ]);
  });

  it("tells everything that is wrong at once", async () => {
    const codes = (await check(plugin('{ name: 1, kind: "x", schema: null, create: null }'))).map(
      ({ code }) => code,
    );
    expect(codes).toEqual(["HWS_PLUGIN_NAME", "HWS_PLUGIN_KIND", "HWS_PLUGIN_SCHEMA", "HWS_PLUGIN_CREATE"]);
  });

  it("warns of a map inside the options that takes mistyped names", async () => {
    const schema =
      '{ schema: { type: "object", properties: { check: { type: "object", properties: { a: { type: "string" } } } }, additionalProperties: false } }';
    expect(await check(plugin(schema))).toMatchObject([
      { code: "HWS_PLUGIN_SCHEMA_OPEN", severity: "warning", message: expect.stringContaining("with.check") },
    ]);
  });
});
