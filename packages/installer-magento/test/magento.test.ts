import type { InstallPlan } from "@hawser/core/plugin";
import { judgeCalls, pluginContext } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import magentoInstaller, { type MagentoOptions } from "../src/index.ts";

const planOf = async (options: Parameters<typeof magentoInstaller.create>[0]): Promise<InstallPlan> =>
  (await magentoInstaller.create(options, pluginContext())).plan({ roles: ["web"] });
const names = (commands: readonly { readonly name: string }[]): readonly string[] =>
  commands.map(({ name }) => name);

const variants: Readonly<Record<string, MagentoOptions>> = {
  "nothing said": {},
  "everything said": {
    php: "php8.3",
    locales: ["en_US", "zh_Hans_CN"],
    themes: ["Magento/backend", "Acme/shop"],
    strategy: "compact",
    jobs: 4,
    cron: ["worker"],
    consumers: { service: "supervisor:consumers:*", roles: ["worker"] },
  },
};

it.each(Object.keys(variants))("calls nothing that Magento and Composer do not have: %s", async (variant) => {
  const { calls, refused } = await judgeCalls(await planOf(variants[variant] ?? {}));
  expect(refused).toEqual([]);
  expect(calls.length).toBeGreaterThan(10);
});

describe("cron and consumers", () => {
  it("are left by those who leave a release and in maintenance, and taken up again after both", async () => {
    const { leave, activate, maintenance } = await planOf({ consumers: { service: "runit:consumers" } });
    expect(names(leave)).toEqual(["cron-off", "consumers-off"]);
    expect(names(activate)).toEqual(["cache-flush", "consumers-on", "cron-on"]);
    expect(names(maintenance.on)).toEqual([
      "maintenance-on",
      "maintenance-cron-off",
      "maintenance-consumers-off",
    ]);
    expect(names(maintenance.off)).toEqual([
      "maintenance-consumers-on",
      "maintenance-cron-on",
      "maintenance-off",
    ]);
    expect(leave.map(({ roles }) => roles)).toEqual([["cron"], ["worker"]]);
  });

  it("are no matter of Hawser's where the config says so", async () => {
    const { leave, maintenance } = await planOf({ cron: false });
    expect([leave, names(maintenance.on)]).toEqual([[], ["maintenance-on"]]);
  });
});

it("gives each release its environment as a file of a secret, in place of the shared one", async () => {
  const { shared, install } = await planOf({
    files: [{ path: "app/etc/env.php", secret: "ENV_PHP" }],
    secrets: { ENV_PHP: "x" },
  });
  expect(shared).not.toContain("app/etc/env.php");
  expect(names(install)).toEqual(["file-app-etc-env.php", "platform", "environment"]);
});

it("upgrades under maintenance, and never lets an earlier release back silently, unless a config knows better", async () => {
  const { once } = await planOf({ commands: { upgrade: { compatible: true, maintenance: false } } });
  const [upgrade, config] = once.before;
  expect([upgrade?.compatible, upgrade?.maintenance]).toEqual([true, false]);
  expect([config?.compatible, config?.maintenance]).toEqual([false, true]);
});

it.each([[{ locales: ["en_US; id"] }], [{ themes: ["Magento/luma $(id)"] }], [{ cron: ["web worker"] }]])(
  "takes no option that a shell would read as more than a word: %j",
  (options) => {
    const { properties } = magentoInstaller.schema as {
      properties: Record<string, { items?: { pattern: string }; anyOf?: { items?: { pattern: string } }[] }>;
    };
    const [[name, [word]]] = Object.entries(options) as [[string, [string]]];
    const schema = properties[name];
    const { pattern } = schema?.items ?? schema?.anyOf?.[0]?.items ?? { pattern: "" };
    expect(word).not.toMatch(new RegExp(pattern));
  },
);
