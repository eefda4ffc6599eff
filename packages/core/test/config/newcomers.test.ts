import { expect, it } from "vitest";
import { minimal, project } from "./project.ts";

const plugin = (kind: string, facts: string): string => `export default {
  apiVersion: 1, kind: "${kind}", name: "test-${kind}", ${facts},
  schema: {
    type: "object", additionalProperties: false,
    properties: { secrets: { type: "array", items: { type: "string" } }, group: { type: "string" } },
  },
  create: () => { throw new Error("nothing is created to validate a config"); },
};\n`;

const trial = (lines: string, { group = false, secrets = "[APP_KEY, DB]" } = {}) => {
  const config = minimal
    .replace("./plugins/installer.js", `./needy.js, with: { secrets: ${secrets} }`)
    .replace("./plugins/inventory.js", `./group.js, with: { ${group ? "group: web" : ""} }`);
  return project({
    "needy.js": plugin("installer", "secretNames: ({ secrets }) => secrets ?? []"),
    "group.js": plugin("inventory", "elastic: ({ group }) => group !== undefined"),
    "hawser.yaml": `${config}${lines}\n`,
  });
};

it("lets secrets of a fleet that a person lists come from runs", async () => {
  const { provision } = await trial("").load("hawser.yaml");
  expect(provision).toBeUndefined();
});

it.each([
  {
    what: "the inventory is elastic",
    lines: "",
    group: true,
    says: /come to be without a deploy.*APP_KEY, DB/,
  },
  {
    what: "instances provision themselves",
    lines: "provision: {}",
    group: false,
    says: /does not say where/,
  },
])("refuses a secret that a new instance could not obtain where $what", async ({ lines, group, says }) => {
  const found = await trial(lines, { group }).problems("hawser.yaml");
  expect(found).toMatchObject([{ code: "HWS_CONFIG_RULE", message: expect.stringMatching(says) }]);
  expect(found[0]?.hint).toContain("provision.secrets");
});

it.each(["laid", "session", '{ command: "print-secret" }'])(
  "is content where the config says that a new instance has them %s",
  async (secrets) => {
    const { provision } = await trial(`provision: { secrets: ${secrets} }`, { group: true }).load(
      "hawser.yaml",
    );
    expect(provision?.secrets).toBeDefined();
  },
);

it("refuses published secrets when they are sealed to nobody", async () => {
  const found = await trial("provision: { secrets: published }").problems("hawser.yaml");
  expect(found).toMatchObject([{ message: expect.stringContaining("nobody is named to seal secrets to") }]);
});

it("asks nothing where the application has no secrets, and of options that are wrong", async () => {
  await trial("provision: {}", { group: true, secrets: "[]" }).load("hawser.yaml");
  const found = await trial("provision: {}", { group: true, secrets: "5" }).problems("hawser.yaml");
  expect(found.map(({ code }) => code)).not.toContain("HWS_CONFIG_RULE");
});
