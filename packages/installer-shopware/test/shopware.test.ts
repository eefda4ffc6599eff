import type { InstallPlan } from "@hawser/core/plugin";
import { judgeCalls, pluginContext } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import shopwareInstaller, { type ShopwareOptions } from "../src/index.ts";

const planOf = async (options: ShopwareOptions): Promise<InstallPlan> =>
  (await shopwareInstaller.create(options, pluginContext())).plan({ roles: ["web"] });
const names = (commands: readonly { readonly name: string }[]): readonly string[] =>
  commands.map(({ name }) => name);

const variants: Readonly<Record<string, ShopwareOptions>> = {
  "nothing said": {},
  "everything said": {
    php: "php8.3",
    theme: "instances",
    blueGreen: true,
    migrations: ["AcmeShop", "AcmeStock"],
    workers: { service: "systemd:shop-workers.target" },
    salesChannels: ["0123456789abcdef0123456789abcdef"],
  },
  "shopware-cli and themes on the deployer": { build: "shopware-cli", theme: "deployer" },
};

it.each(Object.keys(variants))(
  "calls nothing that Shopware and Composer do not have: %s",
  async (variant) => {
    const { calls, refused } = await judgeCalls(await planOf(variants[variant] ?? {}));
    expect(refused).toEqual([]);
    expect(calls.length).toBeGreaterThan(10);
  },
);

describe("the build", () => {
  it("asks no database, and leaves the themes to those who have one", async () => {
    const { prepare } = await planOf({});
    expect(names(prepare)).toEqual(["composer", "administration", "storefront", "tidy"]);
    expect(prepare[2]?.env).toMatchObject({ CI: "1", DATABASE_URL: "", SHOPWARE_SKIP_THEME_COMPILE: "1" });
  });

  it("compiles themes on the deployer where the config says so", async () => {
    const { prepare, once, activate } = await planOf({ theme: "deployer" });
    expect(prepare[2]?.env).not.toHaveProperty("SHOPWARE_SKIP_THEME_COMPILE");
    expect([...names(once.before), ...names(activate)]).not.toContain("theme");
  });

  it("is left to shopware-cli, which installs the packages too, or to nobody", async () => {
    expect(names((await planOf({ build: "shopware-cli" })).prepare)).toEqual(["shopware-cli", "tidy"]);
    expect(names((await planOf({ build: false })).prepare)).toEqual(["composer"]);
  });
});

it("lets an earlier release back over Shopware's own update in blue-green mode alone, over plugins never", async () => {
  const crossing = async (options: ShopwareOptions) =>
    Object.fromEntries((await planOf(options)).once.before.map((each) => [each.name, each.compatible]));
  expect(await crossing({})).toMatchObject({ update: false, plugins: false });
  expect(await crossing({ blueGreen: true })).toMatchObject({ update: undefined, plugins: false });
  expect(await crossing({ update: "deployment-helper" })).toEqual({ "deployment-helper": false });
});

it("runs workers' own service where the config names one", async () => {
  const { leave, activate } = await planOf({
    workers: { service: "supervisor:workers:*", roles: ["queue"] },
  });
  expect(leave[0]).toMatchObject({ name: "workers-off", roles: ["queue"], user: null });
  expect(activate[0]).toMatchObject({ name: "workers-on", roles: ["queue"], user: null });
});
