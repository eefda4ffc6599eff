import { homedir } from "node:os";
import { join } from "node:path";
import type { Instance } from "@hawser/core/plugin";
import { expect, test } from "vitest";
import { commonTarget, targetOf } from "../src/options.ts";

const instance: Instance = { id: "web1", address: "10.0.0.1", roles: ["web"], lifecycle: "inService" };

test("relative paths start at the config's folder, and ~/ at the home", () => {
  const options = {
    privateKey: "keys/deploy",
    knownHosts: ["./known_hosts", "~/.ssh/known_hosts", "/etc/hosts.keys"],
  };
  expect(commonTarget(options, "/srv/config")).toEqual({
    privateKey: "/srv/config/keys/deploy",
    knownHosts: ["/srv/config/known_hosts", join(homedir(), ".ssh/known_hosts"), "/etc/hosts.keys"],
  });
});

test("one known_hosts file may stand alone, and an agent may be a path or a choice", () => {
  expect(commonTarget({ knownHosts: "k", agent: "agent.sock" }, "/c")).toEqual({
    knownHosts: ["/c/k"],
    agent: "/c/agent.sock",
  });
  expect(commonTarget({ agent: false }, "/c")).toEqual({ agent: false });
});

test("an instance's own port wins over the transport's", () => {
  const common = commonTarget({ port: 2222 }, "/");
  expect(targetOf(instance, common, undefined).port).toBe(2222);
  expect(targetOf({ ...instance, port: 2200 }, common, undefined).port).toBe(2200);
});

test("an instance's host keys count only when the inventory is where they are known from", () => {
  const known = { ...instance, hostKeys: ["ssh-ed25519 AAAA"] };
  expect(targetOf(known, {}, "knownHosts")).not.toHaveProperty("hostKeys");
  expect(targetOf(known, {}, "inventory").hostKeys).toEqual(known.hostKeys);
  expect(() => targetOf(instance, {}, "inventory")).toThrow(
    expect.objectContaining({ code: "HWS_TRANSPORT_NO_HOST_KEYS" }),
  );
});
