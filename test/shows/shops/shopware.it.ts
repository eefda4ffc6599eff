import { existsSync } from "node:fs";
import { join } from "node:path";
import shopware, { type ShopwareOptions } from "@hawser/installer-shopware";
import { describe, expect, it } from "vitest";
import { scale } from "../scale.ts";
import { type Files, openShop, type Shop } from "./shop-project.ts";

const files: Files = {
  "composer.json": "{}\n",
  "composer.lock": "{}\n",
  ".env": "APP_ENV=prod\n",
  "vendor/shopware/administration/package.json": "{}\n",
  "vendor/shopware/storefront/package.json": "{}\n",
  "vendor/shopware/storefront/node_modules/left/index.js": "x\n",
  "files/.htaccess": "deny\n",
  "schema/version": "6.6.7.0\n",
  "schema/schema": "1\n",
};
const scripts = [
  "bin/build-administration.sh",
  "bin/build-storefront.sh",
  "vendor/bin/shopware-deployment-helper",
];

const open = async (options: ShopwareOptions = {}): Promise<Shop> =>
  await openShop({
    recipe: shopware,
    options,
    files,
    consoles: ["bin/console", ...scripts],
    laid: { "shared/files/theme-config/index.json": "{}\n" },
  });

const serving = async (options: ShopwareOptions = {}): Promise<Shop> => {
  const shop = await open(options);
  expect(shop.ending(await shop.deploy())).toBe("0 done");
  await shop.world.forget();
  return shop;
};

const isClosed = async (shop: Shop): Promise<boolean> =>
  (await shop.engine.status().result).maintenance !== undefined;
const maintained = async ({ world }: Shop): Promise<boolean> => (await world.database("maintenance")) !== "";
const newer: Files = { "schema/version": "6.6.7.1\n", "schema/schema": "2\n" };

/** What the version of Shopware asks of the database, and what it does not. */
const unneeded = (release: string) => [
  `${release} messenger:setup-transports`,
  `${release} version --version --no-ansi`,
  `${release} system:config:get deployment.version --format=scalar`,
  `${release} plugin:refresh`,
  `${release} scheduled-task:register`,
  `${release} theme:refresh`,
  `${release} plugin:list --json`,
  `${release} theme:compile --active-only`,
];
const prepared = (release: string) => [`${release} assets:install`, `${release} cache:warmup`];
const cleared = (release: string) => `${release} cache:pool:clear cache.http cache.object`;

describe("what runs where", () => {
  it("builds once on the deployer, brings the database up to date on one instance, and warms each up", async () => {
    const shop = await open();
    expect(shop.ending(await shop.deploy())).toBe("0 done");
    const { deployer, web1, web2 } = await shop.calls();
    expect(deployer).toEqual([
      "install --no-dev --no-progress --prefer-dist --optimize-autoloader --no-scripts",
      "bin/build-administration.sh",
      "bin/build-storefront.sh --keep-cache",
    ]);
    expect(web1).toEqual([
      ...prepared("000001"),
      ...unneeded("000001").slice(0, 3),
      "000001 version --version --no-ansi",
      "000001 database:migrate --all core",
      "000001 system:update:finish --skip-asset-build",
      "000001 system:config:set deployment.version 6.6.7.0",
      ...unneeded("000001").slice(3),
      "000001 messenger:stop-workers",
      cleared("000001"),
    ]);
    expect(web2).toEqual([...prepared("000001"), "000001 messenger:stop-workers"]);
    const current = join(shop.root("web2"), "current");
    expect(existsSync(join(current, "install.lock"))).toBe(true);
    expect(existsSync(join(current, "vendor/shopware/storefront/node_modules"))).toBe(false);
    expect(existsSync(join(current, "files/theme-config/index.json"))).toBe(true);
  });

  it("does not update a database that is up to date, and tells the workers in the old cache and in the new", async () => {
    const shop = await serving();
    await shop.commit({ "page.txt": "2\n" });
    expect(shop.ending(await shop.deploy())).toBe("0 done");
    const { web1, web2 } = await shop.calls();
    const workers = ["000001 messenger:stop-workers", "000002 messenger:stop-workers"];
    expect(web1).toEqual([...prepared("000002"), ...unneeded("000002"), ...workers, cleared("000002")]);
    expect(web2).toEqual([...prepared("000002"), ...workers]);
  });

  it("shows maintenance while a newer Shopware changes the database, until the release is in service", async () => {
    const shop = await serving();
    await shop.commit(newer);
    const result = await shop.deploy();
    expect(shop.ending(result)).toBe("0 done");
    expect(result.ran).toContain("update on web1");
    const { all } = await shop.calls();
    const at = (call: string) => all.indexOf(call);
    expect(at("web2 000001 sales-channel:maintenance:enable --all")).toBeLessThan(
      at("web1 000002 database:migrate --all core"),
    );
    expect(at("web2 000002 messenger:stop-workers")).toBeLessThan(
      at("web1 000002 sales-channel:maintenance:disable --all"),
    );
    expect([await maintained(shop), await isClosed(shop)]).toEqual([false, false]);
    expect(shop.ending(await shop.rollback())).toBe("1 untouched HWS_ONCE_CROSSED");
  });

  it("in blue-green mode updates under visitors, and may be rolled back", async () => {
    const shop = await serving({ blueGreen: true });
    await shop.commit(newer);
    expect(shop.ending(await shop.deploy())).toBe("0 done");
    expect((await shop.calls()).all.join("\n")).not.toContain("maintenance:enable");
    expect(shop.ending(await shop.rollback())).toBe("0 done");
    const { web2 } = await shop.calls();
    expect(web2).toEqual([
      "000002 messenger:stop-workers",
      "000001 messenger:stop-workers",
      "000001 sales-channel:maintenance:disable --all",
      cleared("000001"),
    ]);
  });

  it("updates plugins when an active one has a newer version, in blue-green mode too under maintenance", async () => {
    const shop = await serving({ blueGreen: true });
    await shop.world.record("plugins", '[{"name":"A","active":false,"upgradeVersion":"2.0"}]');
    await shop.commit({ "page.txt": "2\n" });
    expect(shop.ending(await shop.deploy())).toBe("0 done");
    expect((await shop.calls()).web1).not.toContain("000002 plugin:update:all --skip-asset-build");
    await shop.world.record("plugins", '[{"name":"A","active":true,"upgradeVersion":"2.0"}]');
    await shop.commit({ "page.txt": "3\n" });
    const result = await shop.deploy();
    expect(result.ran).toContain("plugins on web1");
    expect((await shop.calls()).web1).toContain("000003 plugin:update:all --skip-asset-build");
  });

  it.each([
    ["instances", ["000001 theme:compile --active-only"]],
    ["deployer", []],
  ] as const)("compiles themes on %s", async (theme, each) => {
    const shop = await open({ theme });
    expect(shop.ending(await shop.deploy())).toBe("0 done");
    const { web1, web2 } = await shop.calls();
    const compiled = (calls: readonly string[]) => calls.filter((call) => call.includes("theme:compile"));
    expect([compiled(web1), compiled(web2)]).toEqual([each, each]);
  });

  it("leaves the database to the project's deployment helper when asked to", async () => {
    const shop = await open({ update: "deployment-helper", theme: false });
    expect(shop.ending(await shop.deploy())).toBe("0 done");
    const { web1 } = await shop.calls();
    expect(web1.slice(2, 3)).toEqual([
      "000001 vendor/bin/shopware-deployment-helper run --timeout=3600 --skip-assets-install --skip-theme-compile",
    ]);
    expect(web1.join("\n")).not.toContain("database:migrate");
  });
});

// At small scale Magento's commands fail for both: what the engine does then is the same.
describe.runIf(scale.name === "whole")("when a command fails", () => {
  it("one on the deployer: no instance is asked for anything", async () => {
    const shop = await open();
    for (const command of ["install", "bin/build-administration.sh", "bin/build-storefront.sh"]) {
      await shop.world.fail(command);
      expect(shop.ending(await shop.deploy()), command).toBe("1 untouched HWS_COMMAND_FAILED");
      const { web1, web2 } = await shop.calls();
      expect([...web1, ...web2], command).toEqual([]);
      await shop.world.mend(command);
    }
  });

  it("one before the switch: nothing is switched, and nobody is shut out", async () => {
    const shop = await serving();
    await shop.commit({ "page.txt": "2\n" });
    for (const command of [
      "assets:install",
      "cache:warmup",
      "messenger:setup-transports",
      "system:config:get",
      "plugin:refresh",
      "plugin:list",
      "theme:compile",
    ]) {
      await shop.world.fail(command);
      expect(shop.ending(await shop.deploy()), command).toMatch(/^1 untouched HWS_/);
      expect([shop.current(), await isClosed(shop)], command).toEqual([["000001", "000001"], false]);
      await shop.world.mend(command);
    }
  });

  it("database:migrate: Shopware's own update does not hide it, and the shop stays closed", async () => {
    const shop = await serving();
    await shop.commit(newer);
    await shop.world.fail("database:migrate");
    const result = await shop.deploy();
    expect(shop.ending(result)).toBe("1 untouched HWS_COMMAND_FAILED");
    expect(shop.current()).toEqual(["000001", "000001"]);
    expect([await maintained(shop), await isClosed(shop)]).toEqual([true, true]);
    expect(await shop.world.database("deployment.version")).toBe("6.6.7.0");
    await shop.world.mend("database:migrate");
    expect(shop.ending(await shop.deploy())).toBe("0 done");
    expect([await maintained(shop), await isClosed(shop)]).toEqual([false, false]);
  });

  it("messenger:stop-workers: the release before is left all the same, and a new one is put back", async () => {
    const shop = await serving();
    await shop.commit({ "page.txt": "2\n" });
    await shop.world.fail("messenger:stop-workers", { exit: 1, release: "000002", instance: "web2" });
    expect(shop.ending(await shop.deploy())).toBe("1 putBack HWS_COMMAND_FAILED");
    expect(shop.current()).toEqual(["000001", "000001"]);
    await shop.world.fail("messenger:stop-workers", { exit: 1, release: "000001" });
    expect(shop.ending(await shop.deploy())).toBe("0 done");
  });

  it("cache:pool:clear after all: the release stays in service", async () => {
    const shop = await serving();
    await shop.commit({ "page.txt": "2\n" });
    await shop.world.fail("cache:pool:clear");
    expect(shop.ending(await shop.deploy())).toBe("1 incomplete HWS_COMMAND_FAILED");
    expect(shop.current()).toEqual(["000002", "000002"]);
  });
});
