import type { InstallPlan } from "@hawser/core/plugin";
import { pluginContext } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import phpInstaller, { type PhpOptions } from "../src/index.ts";

const plan = async (options: PhpOptions): Promise<InstallPlan> =>
  (await phpInstaller.create(options, pluginContext())).plan({ roles: ["web"] });
const names = (commands: readonly { readonly name: string }[]): readonly string[] =>
  commands.map(({ name }) => name);

describe("what a config need not say", () => {
  it("is that Composer installs on the deployer, and that instances are asked whether they fit", async () => {
    const { prepare, install, activate, check } = await plan({});
    expect([names(prepare), names(install), names(activate)]).toEqual([["composer"], ["platform"], []]);
    expect(prepare[0]?.run).toContain("composer install --no-dev");
    expect(check).toBeUndefined();
  });
});

describe("composer", () => {
  it("is left out with all that belongs to it", async () => {
    const { prepare, install } = await plan({ composer: false });
    expect([names(prepare), names(install)]).toEqual([[], []]);
  });

  it("keeps cache and credentials where the config says, and leaves out scripts where it says so", async () => {
    const { prepare } = await plan({ composer: { home: "/var/lib/composer", scripts: false } });
    expect(prepare[0]?.env).toEqual({ COMPOSER_ALLOW_SUPERUSER: "1", COMPOSER_HOME: "/var/lib/composer" });
    expect(prepare[0]?.run).toMatch(/ --no-scripts$/);
  });
});

describe("the service", () => {
  it.each([
    ["systemd:php8.2-fpm", 'systemctl reload -- "$HAWSER_SERVICE"', "php8.2-fpm"],
    ["runit:/etc/service/fpm", 'sv 2 "$HAWSER_SERVICE"', "/etc/service/fpm"],
    ["supervisor:fpm", 'supervisorctl signal USR2 "$HAWSER_SERVICE"', "fpm"],
  ])("%s is reloaded after the switch, by the signal that PHP-FPM knows", async (service, call, name) => {
    const [reload] = (await plan({ service })).activate;
    expect(reload).toMatchObject({ name: "reload", user: null, env: { HAWSER_SERVICE: name } });
    expect(reload?.run).toContain(call);
  });

  it("of one's own is reloaded by its own text", async () => {
    const { activate } = await plan({ service: { restart: "again", reload: "anew" } });
    expect(activate).toMatchObject([{ name: "reload", run: "anew" }]);
  });
});

describe("the probe", () => {
  it("asks the application for its release", async () => {
    const { check, prepare } = await plan({ probe: "http://127.0.0.1/release" });
    expect(check).toEqual({
      http: "http://127.0.0.1/release",
      release: true,
      timeoutMs: 60_000,
      stableMs: 0,
    });
    expect(names(prepare)).toEqual(["composer"]);
  });

  it("has limits and headers of its own, and no page in the plan's check", async () => {
    const headers = { Host: "shop.example" };
    const probe = {
      http: "http://127.0.0.1/r.php",
      page: "public/r.php",
      headers,
      timeoutMs: 9,
      stableMs: 1,
    };
    const { check, prepare } = await plan({ probe });
    expect(check).toEqual({ http: probe.http, headers, release: true, timeoutMs: 9, stableMs: 1 });
    expect(names(prepare)).toEqual(["composer", "page"]);
  });
});

describe("options that no command could take as they are", () => {
  it.each(["-r", "php;id", "php 8", "$PHP", ""])("as the program %j are refused", (php) => {
    expect(new RegExp(String(pattern("php"))).test(php)).toBe(false);
  });

  it.each(["/etc/x.php", "-x.php", "a b.php", "a;b.php", "a//b.php"])(
    "as the page %j are refused",
    (page) => {
      expect(new RegExp(String(pattern("page"))).test(page)).toBe(false);
    },
  );
});

const pattern = (option: "php" | "page"): unknown => {
  const { properties } = phpInstaller.schema as { properties: Record<string, { pattern?: string }> };
  if (option === "php") return properties.php?.pattern;
  const probe = properties.probe as unknown as {
    anyOf: { properties?: { page: { pattern: string } } }[];
  };
  return probe.anyOf[1]?.properties?.page.pattern;
};
