import { expect, it } from "vitest";
import { minimal, project } from "./project.ts";

const installer = (problems: string) => `export default {
  apiVersion: 1, kind: "installer", name: "own",
  schema: {
    type: "object",
    properties: { commands: { type: "object", additionalProperties: { type: "string" } } },
    additionalProperties: false,
  },
  problems: (options) => { ${problems} },
  create: () => { throw new Error("nothing is made"); },
};`;

const refusing = installer(`return Object.keys(options.commands ?? {}).map((key) => Object.assign(
  new Error(key + " is no command"),
  { "~hawser": "error", code: "OWN_UNKNOWN", hint: "did you mean warm?", details: { path: ["commands", key] } },
));`);

const config = minimal.replace(
  "installer.js }",
  "installer.js, with:\n  { commands: { warn: x,\n    colt: y } } }",
);

it("tells of everything that a plugin finds wrong in its options, each at its line, before anything is made", async () => {
  const { problems } = project({ "plugins/installer.js": refusing, "hawser.yaml": config });
  const found = await problems("hawser.yaml");
  expect(found.map(({ code, hint, where }) => [code, hint, where])).toEqual([
    ["OWN_UNKNOWN", "did you mean warm?", "installer.with.commands.warn (hawser.yaml:6)"],
    ["OWN_UNKNOWN", "did you mean warm?", "installer.with.commands.colt (hawser.yaml:7)"],
  ]);
});

it("asks a plugin only about options that passed its schema", async () => {
  const { problems } = project({
    "plugins/installer.js": refusing,
    "hawser.yaml": config.replace("warn: x", "warn: 1"),
  });
  expect(await problems("hawser.yaml")).toMatchObject([{ code: "HWS_CONFIG_WRONG_TYPE" }]);
});

it("says so when a plugin cannot even look at its options", async () => {
  const broken = installer('throw new TypeError("odd");');
  const { problems } = project({ "plugins/installer.js": broken, "hawser.yaml": minimal });
  expect(await problems("hawser.yaml")).toMatchObject([
    { code: "HWS_PLUGIN_THREW", path: "installer.with", message: expect.stringContaining("odd") },
  ]);
});
