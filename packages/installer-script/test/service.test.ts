import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ReloadSignal, type Service, type ServiceAction, serviceCommand } from "../src/index.ts";
import { folder, run, shells, withPrograms } from "./shells.ts";

/** What was called for an action, when the user is root, and when it may nothing by itself. */
const called = (
  path: string,
  user: "root" | "deploy",
  service: Service,
  action: ServiceAction,
  signal?: ReloadSignal,
): string => {
  const cwd = folder();
  const log = `>>'${join(cwd, "called")}'`;
  const tools = withPrograms(path, {
    id: `echo ${user === "root" ? 0 : 1000}`,
    sudo: `echo "sudo $*" ${log}`,
    systemctl: `echo "systemctl $*" ${log}`,
    sv: `echo "sv $*" ${log}`,
    supervisorctl: `[ "$1" != pid ] || exit 4; echo "supervisorctl $*" ${log}`,
  });
  const command = serviceCommand("restart", service, action, signal);
  const { status, stderr } = run(command?.run ?? "", { path: tools, cwd, env: { ...command?.env } });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return readFileSync(join(cwd, "called"), "utf8");
};

describe.each(Object.entries(shells))("a service, in %s", (_, path) => {
  it.each<[Service, ServiceAction, string]>([
    ["systemd:shop@1.service", "restart", "systemctl restart -- shop@1.service"],
    ["systemd:php8.2-fpm", "reload", "systemctl reload -- php8.2-fpm"],
    ["systemd:shop", "stop", "systemctl stop -- shop"],
    ["runit:/etc/service/shop", "restart", "sv -w 60 restart /etc/service/shop"],
    ["runit:shop", "reload", "sv hup shop"],
    ["runit:shop", "stop", "sv -w 60 force-stop shop"],
    ["supervisor:shop:*", "restart", "supervisorctl restart shop:*"],
    ["supervisor:shop", "reload", "supervisorctl signal HUP shop"],
    ["supervisor:shop", "stop", "supervisorctl stop shop"],
  ])("%s: %s", (service, action, words) => {
    expect(called(path, "root", service, action)).toBe(`${words}\n`);
    expect(called(path, "deploy", service, action)).toBe(`sudo -n ${words}\n`);
  });

  it.each<[Service, string]>([
    ["systemd:php8.2-fpm", "systemctl reload -- php8.2-fpm"],
    ["runit:php", "sv 2 php"],
    ["supervisor:php", "supervisorctl signal USR2 php"],
  ])("%s reloads at another signal where its process knows that one", (service, words) => {
    expect(called(path, "root", service, "reload", "USR2")).toBe(`${words}\n`);
  });
});

describe("a service of one's own", () => {
  it("is restarted where it has no text to be reloaded by, and not stopped where it has none for that", () => {
    const restart = { restart: "pm2 restart shop" };
    expect(serviceCommand("again", restart, "reload")).toEqual({
      name: "again",
      run: "pm2 restart shop",
      user: null,
    });
    expect(serviceCommand("again", { ...restart, reload: "pm2 reload shop" }, "reload").run).toBe(
      "pm2 reload shop",
    );
    expect(serviceCommand("end", restart, "stop")).toBeUndefined();
    expect(serviceCommand("end", { ...restart, stop: "pm2 stop shop" }, "stop")?.run).toBe("pm2 stop shop");
  });
});
