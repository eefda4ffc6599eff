import { MemoryInstaller, MemoryStorage } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import type { InstanceReader } from "../../src/contracts/storage.ts";
import { type Engine, type HawserConfig, Secret } from "../../src/index.ts";
import { ended, given, openProject } from "./fixtures/project.ts";

const storageWith = (reader: InstanceReader): MemoryStorage =>
  Object.assign(new MemoryStorage(), { readerFor: async () => reader });
const file: InstanceReader = { kind: "file", directory: "/mnt/releases" };

const engineOf = async (config: Partial<HawserConfig>): Promise<Engine> =>
  (await openProject({ config: { storage: given("storage", storageWith(file)), ...config } })).engine;

const secretInstaller = given("installer", new MemoryInstaller({}, { APP_KEY: new Secret("planted-value") }));

describe("the boot script is refused", () => {
  it("when instances cannot read the storage by themselves", async () => {
    const { engine } = await openProject();
    await expect(engine.provision({ unsigned: true })).rejects.toMatchObject({
      code: "HWS_PROVISION_NO_READER",
    });
  });

  it("when nothing is signed and nobody said that this is meant", async () => {
    const engine = await engineOf({});
    await expect(engine.provision()).rejects.toMatchObject({ code: "HWS_PROVISION_UNSIGNED" });
    const { warnings } = await engine.provision({ unsigned: true });
    expect(warnings.map(({ code }) => code)).toContain("HWS_PROVISION_UNSIGNED");
  });

  it("when a new instance could not obtain a secret", async () => {
    const engine = await engineOf({ installer: secretInstaller });
    const refused = engine.provision({ unsigned: true });
    await expect(refused).rejects.toMatchObject({
      code: "HWS_PROVISION_SECRETS",
      message: expect.stringContaining("APP_KEY"),
    });
    await expect(engine.provision({ unsigned: true, secrets: "published" })).rejects.toMatchObject({
      code: "HWS_PROVISION_NOT_PUBLISHED",
    });
    for (const secrets of ["laid", { command: "print-secret" }] as const) {
      const { script } = await engine.provision({ unsigned: true, secrets });
      expect(script.reveal()).not.toContain("planted-value");
    }
  });

  it("when secrets are to be published and nobody is named who may open them", async () => {
    const engine = await engineOf({ installer: secretInstaller });
    await expect(engine.publishSecrets()).rejects.toMatchObject({ code: "HWS_PROVISION_NO_RECIPIENTS" });
  });
});

describe("the boot script warns", () => {
  it("when nothing is desired yet, when storage is read without TLS, and when commands are for roles that it does not give", async () => {
    const plain: InstanceReader = { kind: "https", url: "http://releases.dc/x", headers: {} };
    const command = { name: "cron", run: "true", timeoutMs: 1000, roles: ["cron"] };
    const engine = await engineOf({
      storage: given("storage", storageWith(plain)),
      installer: given("installer", new MemoryInstaller({ install: [command] })),
    });
    const codes = (await engine.provision({ unsigned: true })).warnings.map(({ code }) => code);
    expect(codes).toEqual([
      "HWS_PROVISION_UNSIGNED",
      "HWS_PROVISION_NOTHING",
      "HWS_PROVISION_PLAIN",
      "HWS_PROVISION_ROLES",
    ]);
    const told = await engine.provision({ unsigned: true, roles: ["web"] });
    expect(told.warnings.map(({ code }) => code)).not.toContain("HWS_PROVISION_ROLES");
  });
});

describe("the boot script", () => {
  it("carries the version that instances must not fall behind, and is a value that is not shown", async () => {
    const project = await openProject({ config: { storage: given("storage", storageWith(file)) } });
    expect((await ended(project.engine.deploy())).result.ok).toBe(true);
    const { script, warnings } = await project.engine.provision({ unsigned: true });
    expect(warnings.map(({ code }) => code)).toEqual(["HWS_PROVISION_UNSIGNED"]);
    expect(script.reveal()).toContain("p_minimum='1'\n");
    expect(JSON.stringify({ script })).toBe('{"script":"[redacted]"}');
  });

  it("keeps whatever a person wrote as data, in its own words", async () => {
    const engine = await engineOf({});
    const ready = ["echo 'it'\\''s' \"100%\"\n# $(touch /tmp/never)"];
    const script = (await engine.provision({ unsigned: true, ready })).script.reveal();
    expect(script).toContain(
      "p_ready='echo '\\''it'\\''\\'\\'''\\''s'\\'' \"100%25\"%0A# $(touch /tmp/never)'",
    );
  });

  it("has a unit that runs it at each boot, as the user who deploys, from where it is said to lie", async () => {
    const engine = await engineOf({ root: "/srv/shop" });
    const { unit, path } = await engine.provision({ unsigned: true, user: "deploy", path: "/opt/boot.sh" });
    expect(path).toBe("/opt/boot.sh");
    for (const line of [
      "After=network-online.target",
      "Type=oneshot",
      "RemainAfterExit=yes",
      "User=deploy",
      "ExecStart=/bin/sh /opt/boot.sh",
      "Restart=on-failure",
      "RestartPreventExitStatus=2 65",
    ])
      expect(unit.split("\n")).toContain(line);
  });
});
