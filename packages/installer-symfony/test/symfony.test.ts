import type { InstallPlan } from "@hawser/core/plugin";
import type { CommonOptions } from "@hawser/installer-script";
import { pluginContext } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import symfonyInstaller, { type SymfonyOptions } from "../src/index.ts";

const plan = async (options: SymfonyOptions & CommonOptions): Promise<InstallPlan> =>
  (await symfonyInstaller.create(options, pluginContext())).plan({ roles: ["web"] });
const texts = (commands: readonly { readonly name: string; readonly run: string }[]) =>
  Object.fromEntries(commands.map(({ name, run }) => [name, run]));

describe("what a config need not say", () => {
  it("is how Symfony is installed for production", async () => {
    const made = await plan({ service: "systemd:php8.2-fpm" });
    expect(Object.keys(texts(made.prepare))).toEqual(["composer"]);
    expect(Object.keys(texts(made.install))).toEqual(["platform", "cache", "assets"]);
    expect(texts(made.install)).toMatchObject({
      cache: "php bin/console cache:clear --no-interaction",
      assets: "php bin/console assets:install --no-interaction",
    });
    expect(Object.keys(texts(made.activate))).toEqual(["reload"]);
    expect(made.once.before).toEqual([]);
    expect(made.env).toEqual({ APP_ENV: "prod", APP_DEBUG: "0" });
    expect(made.shared).toEqual(["var/log/"]);
    expect(made.writable).toEqual(["var/cache"]);
    expect(made.generated).toEqual(["var/cache", "public/bundles"]);
  });
});

describe("Composer", () => {
  it("runs no script of the application, unless the config asks for them", async () => {
    expect(texts((await plan({})).prepare).composer).toMatch(/ --no-scripts$/);
    const given = await plan({ composer: { home: "/var/lib/composer" } });
    expect(texts(given.prepare).composer).toMatch(/ --no-scripts$/);
    expect(texts((await plan({ composer: { scripts: true } })).prepare).composer).not.toContain(
      "--no-scripts",
    );
    expect((await plan({ composer: false })).prepare).toEqual([]);
  });
});

describe("assets", () => {
  it("are built once on the deployer, and leave there what only the build needs", async () => {
    const { prepare } = await plan({ assets: { build: "yarn" } });
    expect(texts(prepare).build).toBe(
      "yarn install --frozen-lockfile && yarn run build && rm -rf node_modules",
    );
  });

  it("of AssetMapper are fetched on the deployer and compiled on each instance", async () => {
    const { prepare, install, writable, generated } = await plan({
      assets: { mapper: true, bundles: false },
    });
    expect(Object.keys(texts(prepare))).toEqual(["composer", "import-map"]);
    expect(Object.keys(texts(install))).toEqual(["platform", "cache", "asset-map"]);
    expect([writable, generated]).toEqual([
      ["var/cache", "public/assets"],
      ["var/cache", "public/assets"],
    ]);
  });
});

describe("the dump of .env files", () => {
  it.each([
    ["console", "php bin/console dotenv:dump stage --no-interaction"],
    ["composer", "composer dump-env stage --no-interaction"],
  ] as const)(
    "is made by the %s when the cache is warm, by whom the code belongs to",
    async (dumpEnv, call) => {
      const { install, generated } = await plan({ dumpEnv, appEnv: "stage", user: "www-data" });
      expect(Object.keys(texts(install))).toEqual(["platform", "cache", "assets", "dump-env"]);
      expect(texts(install)["dump-env"]).toContain(`umask 077\n${call} || exit\n`);
      expect(generated).toContain(".env.local.php");
      expect(Object.fromEntries(install.map(({ name, user }) => [name, user]))).toEqual({
        platform: "www-data",
        cache: "www-data",
        assets: null,
        "dump-env": null,
      });
    },
  );
});

describe("migrations", () => {
  it("run once, before the switch, on the conditions that the config gives", async () => {
    expect((await plan({ migrations: true })).once.before).toMatchObject([
      {
        name: "migrate",
        run: "php bin/console doctrine:migrations:migrate --allow-no-migration --no-interaction",
        timeoutMs: 1_800_000,
      },
    ]);
    const given = { compatible: false, maintenance: true, lock: "shop", roles: ["web"], timeoutMs: 5 };
    const commands = {
      away: { phase: "maintenance.on", run: "touch away" },
      back: { phase: "maintenance.off", run: "rm -f away" },
    } as const;
    expect((await plan({ migrations: given, commands })).once.before).toMatchObject([
      { name: "migrate", ...given },
    ]);
  });
});

describe("workers", () => {
  it("are told to stop, or their service is restarted, on the instances that have some", async () => {
    expect(texts((await plan({ messenger: true })).activate)).toEqual({
      workers: "php bin/console messenger:stop-workers --no-interaction",
    });
    const [workers] = (await plan({ messenger: { service: "systemd:workers", roles: ["worker"] } })).activate;
    expect(workers).toMatchObject({ name: "workers", roles: ["worker"], env: { HAWSER_SERVICE: "workers" } });
    expect(workers?.run).toContain("systemctl restart");
  });
});

it("calls the PHP and the console that the config names", async () => {
  const { install } = await plan({ php: "/usr/bin/php8.3", console: "app/console" });
  expect(texts(install).cache).toBe("/usr/bin/php8.3 app/console cache:clear --no-interaction");
});
