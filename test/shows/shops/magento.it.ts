import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import magento, { type MagentoOptions } from "@hawser/installer-magento";
import { describe, expect, it } from "vitest";
import { type Files, instances, openShop, type Shop } from "./shop-project.ts";

const files: Files = {
  "composer.json": "{}\n",
  "composer.lock": "{}\n",
  "app/etc/config.php": "<?php return ['modules' => ['Magento_Store' => 1]];\n",
  "pub/media/.htaccess": "deny\n",
  "schema/schema": "1\n",
  "schema/config": "1\n",
};
const environment: Files = { "shared/app/etc/env.php": "<?php return [];\n" };

const open = async (options: MagentoOptions = {}, laid = environment): Promise<Shop> =>
  await openShop({
    recipe: magento,
    options,
    files,
    consoles: ["bin/magento"],
    laid,
    roles: { web1: ["web", "cron"] },
  });

/** With one release in service, and the calls that brought it there forgotten. */
const serving = async (): Promise<Shop> => {
  const shop = await open();
  expect(shop.ending(await shop.deploy())).toBe("0 done");
  await shop.world.forget();
  return shop;
};

const flag = ({ root }: Shop, id: string): boolean =>
  existsSync(join(root(id), "current/var/.maintenance.flag"));
const isClosed = async (shop: Shop): Promise<boolean> =>
  (await shop.engine.status().result).maintenance !== undefined;

const build = [
  "install --no-dev --no-progress --prefer-dist --optimize-autoloader",
  "setup:di:compile",
  "dump-autoload --no-dev --optimize",
  "setup:static-content:deploy --strategy=quick --jobs=2 --theme=Magento/luma en_US de_DE",
];

describe("what runs where", () => {
  it("builds once on the deployer, upgrades on one instance, and tells each instance of its own", async () => {
    const shop = await open({ locales: ["en_US", "de_DE"], themes: ["Magento/luma"], jobs: 2 });
    expect(shop.ending(await shop.deploy())).toBe("0 done");
    const first = await shop.calls();
    expect(first.deployer).toEqual(build);
    expect(first.web1).toEqual([
      "000001 setup:db:status → 2",
      "000001 setup:upgrade --keep-generated",
      "000001 app:config:status",
      "000001 cache:flush",
      "000001 cron:install --force",
      "000001 cache:flush",
      "000001 queue:consumers:restart",
    ]);
    expect(first.web2).toEqual(["000001 cache:flush"]);
    const current = join(shop.root("web2"), "current");
    expect(existsSync(join(current, "generated/metadata/global.php"))).toBe(true);
    expect(existsSync(join(current, "pub/static/deployed_version.txt"))).toBe(true);
    expect(existsSync(join(current, "var/cache"))).toBe(false);
    expect(existsSync(join(shop.root("web2"), "shared/pub/media/.htaccess"))).toBe(true);
  });

  it("leaves the cron jobs of the release before, whose path they hold, and upgrades nothing that is up to date", async () => {
    const shop = await serving();
    await shop.commit({ "page.txt": "2\n" });
    expect(shop.ending(await shop.deploy())).toBe("0 done");
    const { web1, web2, all } = await shop.calls();
    expect(web1).toEqual([
      "000002 setup:db:status",
      "000002 app:config:status",
      "000001 cron:remove",
      "000002 cache:flush",
      "000002 cron:install --force",
      "000002 cache:flush",
      "000002 queue:consumers:restart",
    ]);
    expect(web2).toEqual(["000002 cache:flush"]);
    // The cache is flushed once more when no instance of the release before can fill it any longer.
    expect(all.at(-2)).toBe("web1 000002 cache:flush");
    expect(await shop.world.crontab("web1")).toEqual([join(shop.root("web1"), "releases/000002")]);
  });

  it("shows maintenance from before the upgrade until the release is in service, with cron away", async () => {
    const shop = await serving();
    await shop.commit({ "schema/schema": "2\n", "schema/config": "2\n" });
    const result = await shop.deploy();
    expect(shop.ending(result)).toBe("0 done");
    expect(result.ran[0]).toBe("upgrade on web1");
    const { web1, web2, all } = await shop.calls();
    expect(web1).toEqual([
      "000002 setup:db:status → 2",
      "000001 maintenance:enable",
      "000001 cron:remove",
      "000002 setup:upgrade --keep-generated",
      // The upgrade imports the configuration too.
      "000002 app:config:status",
      "000001 cron:remove",
      "000002 cache:flush",
      "000002 cron:install --force",
      "000002 maintenance:enable",
      "000002 cron:remove",
      "000002 cron:install --force",
      "000002 maintenance:disable",
      "000002 cache:flush",
      "000002 queue:consumers:restart",
    ]);
    expect(web2).toEqual([
      "000001 maintenance:enable",
      "000002 cache:flush",
      "000002 maintenance:enable",
      "000002 maintenance:disable",
    ]);
    expect(all.indexOf("web2 000001 maintenance:enable")).toBeLessThan(
      all.indexOf("web1 000002 setup:upgrade --keep-generated"),
    );
    expect([flag(shop, "web1"), flag(shop, "web2"), await isClosed(shop)]).toEqual([false, false, false]);
    expect(await shop.world.crontab("web1")).toEqual([join(shop.root("web1"), "releases/000002")]);
    // The release before refuses to run on what the upgrade left.
    expect(shop.ending(await shop.rollback())).toBe("1 untouched HWS_ONCE_CROSSED");
  });

  it("imports a configuration that changed without the schema; where that fails nothing is switched", async () => {
    const shop = await serving();
    await shop.commit({ "schema/config": "2\n" });
    await shop.world.fail("app:config:import");
    expect(shop.ending(await shop.deploy())).toBe("1 untouched HWS_COMMAND_FAILED");
    expect(shop.current()).toEqual(["000001", "000001"]);
    await shop.world.mend("app:config:import");
    const result = await shop.deploy();
    expect(shop.ending(result)).toBe("0 done");
    expect(result.ran[0]).toBe("config-import on web1");
    expect((await shop.calls()).web1).toContain("000002 app:config:import");
    expect(await shop.world.database("config")).toBe("2");
  });

  it("rolls back by leaving and taking up cron, and asks the database for nothing", async () => {
    const shop = await serving();
    await shop.commit({ "page.txt": "2\n" });
    await shop.deploy();
    await shop.world.forget();
    expect(shop.ending(await shop.rollback())).toBe("0 done");
    const { web1, web2, deployer } = await shop.calls();
    expect(deployer).toEqual([]);
    // A release may have been left in maintenance, so returning to it ends that.
    expect(web1).toEqual([
      "000002 cron:remove",
      "000001 cache:flush",
      "000001 cron:install --force",
      "000001 cron:install --force",
      "000001 maintenance:disable",
    ]);
    expect(web2).toEqual(["000001 cache:flush", "000001 maintenance:disable"]);
  });
});

describe("when a command fails", () => {
  it("one on the deployer: no instance is asked for anything", async () => {
    const shop = await open();
    for (const command of ["install", "setup:di:compile", "dump-autoload", "setup:static-content:deploy"]) {
      await shop.world.fail(command);
      expect(shop.ending(await shop.deploy()), command).toBe("1 untouched HWS_COMMAND_FAILED");
      const { deployer, web1, web2 } = await shop.calls();
      expect(deployer.at(-1)).toContain(command);
      expect([...web1, ...web2], command).toEqual([]);
      await shop.world.mend(command);
    }
  });

  it("setup:db:status or maintenance:enable: the upgrade is not begun, and all are open", async () => {
    const shop = await serving();
    await shop.commit({ "schema/schema": "2\n" });
    await shop.world.fail("setup:db:status");
    expect(shop.ending(await shop.deploy())).toBe("1 untouched HWS_ONCE_NEED");
    const { web1, web2 } = await shop.calls();
    expect([web1, web2]).toEqual([["000002 setup:db:status → 1"], []]);
    await shop.world.mend("setup:db:status");
    await shop.world.fail("maintenance:enable", { exit: 1, instance: "web2" });
    expect(shop.ending(await shop.deploy())).toBe("1 untouched HWS_COMMAND_FAILED");
    expect(await shop.world.database("schema")).toBe("1");
    expect([flag(shop, "web1"), await isClosed(shop)]).toEqual([false, false]);
    expect(await shop.world.crontab("web1")).toEqual([join(shop.root("web1"), "releases/000001")]);
  });

  it("setup:upgrade half-way: nothing is switched, and the shop stays closed, since the old code may not run", async () => {
    const shop = await serving();
    await shop.commit({ "schema/schema": "2\n" });
    await shop.world.fail("setup:upgrade", { exit: 1, after: true });
    const result = await shop.deploy();
    expect(shop.ending(result)).toBe("1 untouched HWS_COMMAND_FAILED");
    expect(result.ran).toEqual(["upgrade on web1"]);
    expect(shop.current()).toEqual(["000001", "000001"]);
    expect([flag(shop, "web1"), flag(shop, "web2"), await isClosed(shop)]).toEqual([true, true, true]);
    await shop.world.mend("setup:upgrade");
    expect(shop.ending(await shop.deploy())).toBe("0 done");
    expect([flag(shop, "web1"), flag(shop, "web2"), await isClosed(shop)]).toEqual([false, false, false]);
  });

  it("one in a wave: every instance is put back, with its cron jobs", async () => {
    const shop = await serving();
    await shop.commit({ "page.txt": "2\n" });
    for (const [command, code, fault] of [
      ["cron:remove", "HWS_LEAVE_FAILED", { exit: 1, release: "000001" }],
      ["cron:install", "HWS_COMMAND_FAILED", { exit: 1, release: "000002" }],
      ["cache:flush", "HWS_COMMAND_FAILED", { exit: 1, release: "000002", instance: "web2" }],
    ] as const) {
      await shop.world.fail(command, fault);
      expect(shop.ending(await shop.deploy()), command).toBe(`1 putBack ${code}`);
      expect(shop.current(), command).toEqual(["000001", "000001"]);
      const jobs = [join(shop.root("web1"), "releases/000001")];
      expect(await shop.world.crontab("web1"), command).toEqual(jobs);
      await shop.world.mend(command);
    }
  });

  it("cache:flush in a wave after an upgrade: all stands as it is, closed, until somebody resumes", async () => {
    const shop = await serving();
    await shop.commit({ "schema/schema": "2\n" });
    await shop.world.fail("cache:flush", { exit: 1, instance: "web2" });
    const result = await shop.deploy();
    expect(shop.ending(result)).toBe("3 split HWS_COMMAND_FAILED");
    expect(result.next).toContain("hawser deploy --resume");
    expect([flag(shop, "web1"), await isClosed(shop)]).toEqual([true, true]);
    await shop.world.mend("cache:flush");
    expect(shop.ending(await shop.deploy({ resume: true }))).toBe("0 done");
    expect([flag(shop, "web1"), flag(shop, "web2"), await isClosed(shop)]).toEqual([false, false, false]);
  });

  it("maintenance:disable at the end: the run says so, and the record stays", async () => {
    const shop = await serving();
    await shop.commit({ "schema/schema": "2\n" });
    await shop.world.fail("maintenance:disable", { exit: 1, instance: "web2" });
    expect(shop.ending(await shop.deploy())).toBe("3 split HWS_COMMAND_FAILED");
    expect(await isClosed(shop)).toBe(true);
    await shop.world.mend("maintenance:disable");
    expect(shop.ending(await shop.deploy({ resume: true }))).toBe("0 done");
    expect(await isClosed(shop)).toBe(false);
  });

  it("queue:consumers:restart after all: the release stays in service", async () => {
    const shop = await serving();
    await shop.commit({ "page.txt": "2\n" });
    await shop.world.fail("queue:consumers:restart");
    expect(shop.ending(await shop.deploy())).toBe("1 incomplete HWS_COMMAND_FAILED");
    expect(shop.current()).toEqual(["000002", "000002"]);
  });
});

it("refuses a source that holds the environment, or that cannot be built without a database", async () => {
  const shop = await open();
  await shop.commit({ "app/etc/env.php": "<?php return [];\n" });
  const result = await shop.deploy();
  expect(result.error?.output).toContain("it holds passwords");
  const other = await open();
  await other.commit({ "app/etc/config.php": "" });
  expect(other.ending(await other.deploy())).toBe("1 untouched HWS_COMMAND_FAILED");
});

it("says where the environment belongs when an instance has none, and finds it there", async () => {
  const shop = await open({}, {});
  const result = await shop.deploy();
  expect(shop.ending(result)).toBe("1 untouched HWS_COMMAND_FAILED");
  expect(result.error?.output).toContain("/shared/app/etc/env.php");
  for (const id of instances)
    writeFileSync(join(shop.root(id), "shared/app/etc/env.php"), "<?php return [];\n");
  expect(shop.ending(await shop.deploy())).toBe("0 done");
});
