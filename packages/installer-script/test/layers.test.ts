import { loadConfig } from "@hawser/core";
import { pluginContext } from "@hawser/testkit";
import { expect, it } from "vitest";
import { kettle } from "./kettle.ts";

const block = (kind: string) => ({
  use: {
    apiVersion: 1,
    kind,
    name: kind,
    schema: { type: "object", properties: {}, additionalProperties: false },
    create: () => ({}),
  },
});

const base = {
  app: "tea",
  source: block("source"),
  storage: block("storage"),
  transport: block("transport"),
  inventory: block("inventory"),
  installer: {
    use: kettle,
    with: {
      water: "cold",
      secrets: { SUGAR: "sweet" },
      shared: ["milk"],
      commands: {
        plug: { timeoutMs: 7 },
        boil: false,
        stir: { phase: "activate", run: "stir", after: "boil" },
      },
    },
  },
};

/** The commands of an environment that changes some of what the top level says. */
const commandsOf = async (environment: string, commands: object) => {
  const config = {
    ...base,
    environments: { live: { installer: { with: { commands } } }, other: {} },
  };
  const { installer } = await loadConfig({ config, environment });
  const plan = (await installer.plugin.create(installer.options as never, pluginContext())).plan({
    roles: [],
  });
  return { plan, named: [...plan.install, ...plan.activate].map(({ name }) => name) };
};

it("is bent by key in an environment over what the top level says: changed further, taken back, added to", async () => {
  const changes = {
    plug: { user: "cook" },
    boil: null,
    stir: { run: "stir twice" },
    sip: { phase: "activate", run: "sip" },
  };
  const live = await commandsOf("live", changes);
  expect(live.named).toEqual(["fill", "plug", "boil", "stir", "sip"]);
  expect(live.plan.install[1]).toMatchObject({ name: "plug", run: "plug", timeoutMs: 7, user: "cook" });
  expect(live.plan.activate[1]).toMatchObject({ name: "stir", run: "stir twice" });
  const other = await commandsOf("other", changes);
  expect(other.named).toEqual(["fill", "plug", "stir"]);
});

it("refuses a mistyped key with the rest of the config, offline", async () => {
  await expect(commandsOf("live", { fil: "x" })).rejects.toMatchObject({
    code: "HWS_CONFIG_INVALID",
    details: {
      problems: [
        {
          code: "HWS_INSTALLER_COMMAND_UNKNOWN",
          path: "environments.live.installer.with.commands.fil",
          hint: "did you mean fill?",
        },
      ],
    },
  });
});
