import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Instance, Session } from "@hawser/core/plugin";
import { type Fleet, operationContext, probeProgram, startFleet, temporaryDirectory } from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SshTransportOptions } from "../src/index.ts";
import { endFleet, transportTo } from "./fleet-subject.ts";

const keys = temporaryDirectory();
let fleet: Fleet;

beforeAll(async () => {
  execFileSync("ssh-keygen", ["-q", "-t", "rsa", "-N", "", "-f", join(keys, "rsa")]);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(keys, "authority")]);
  fleet = await startFleet({
    count: 3,
    each: (number) => ({
      sshd: [
        "LogLevel VERBOSE",
        ...(number === 2 ? [`HostKey ${join(keys, "rsa")}`] : []),
        ...(number === 3 ? [`HostCertificate ${join(keys, "web3-cert.pub")}`] : []),
      ],
    }),
  });
  copyFileSync(join(fleet.folder, "web3_host_key.pub"), join(keys, "web3.pub"));
  const names = ["-n", fleet.instances[2]!.address, "-I", "web3"];
  execFileSync("ssh-keygen", ["-q", "-s", join(keys, "authority"), "-h", ...names, join(keys, "web3.pub")]);
  await fleet.killSshd("web3");
  await fleet.startSshd("web3");
});
afterAll(async () => {
  rmSync(keys, { recursive: true });
  await endFleet(fleet);
});

const publicKey = (name: string): string =>
  readFileSync(join(keys, `${name}.pub`), "utf8")
    .split(" ")
    .slice(0, 2)
    .join(" ");

let files = 0;
const knownHosts = (...lines: readonly string[]): string => {
  const path = join(keys, `known_hosts.${++files}`);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  return path;
};

const open = async (
  number: number,
  options: SshTransportOptions,
  more: Partial<Instance> = {},
): Promise<Session> => {
  const transport = await transportTo(fleet, options);
  const instance = { ...fleet.instances[number - 1]!, ...more };
  const request = { instance, root: instance.root ?? "", program: probeProgram(), keep: false };
  return transport.open(request, operationContext());
};

const opens = async (
  number: number,
  options: SshTransportOptions,
  more: Partial<Instance> = {},
): Promise<void> => {
  await using session = await open(number, options, more);
  expect((await session.call({ verb: "facts", headers: {} }, operationContext())).fields["ok"]).toBe(true);
};

const refusal = async (number: number, options: SshTransportOptions, more: Partial<Instance> = {}) => {
  const error = await open(number, options, more).then(
    () => expect.unreachable("the host key was believed"),
    (reason) => reason as { code: string; message: string; hint: string; retryable: boolean },
  );
  expect(error).toMatchObject({ code: "HWS_TRANSPORT_HOST_KEY", retryable: false });
  return error;
};

const fingerprintOf = (line: string): string => {
  const path = knownHosts(line);
  return execFileSync("ssh-keygen", ["-l", "-f", path], { encoding: "utf8" }).split(" ")[1]!;
};

describe.each(["ssh2", "openssh"] as const)("host keys with %s", (driver) => {
  const address = (number: number): string => fleet.instances[number - 1]!.address;
  const key = (number: number): string => fleet.instances[number - 1]!.hostKey;

  test("an unknown key is told with its type and fingerprint", async () => {
    const error = await refusal(1, { driver, knownHosts: knownHosts() });
    expect(error.message).toContain(`offered ssh-ed25519 ${fingerprintOf(key(1))}`);
    expect(error.message).toContain(`${address(1)}:22`);
  });

  test("a changed key is told with file and line, and no login was tried", async () => {
    const log = join(fleet.folder, "web1.log");
    const before = readFileSync(log, "utf8").length;
    const path = knownHosts("# ours", `${address(1)} ${publicKey("authority")}`);
    const error = await refusal(1, { driver, knownHosts: path });
    expect(error.message).toContain(`${path}:2`);
    const written = (): string => readFileSync(log, "utf8").slice(before);
    await expect.poll(written, { timeout: 20_000 }).toContain("[preauth]");
    expect(written()).not.toMatch(/publickey|user root|Accepted/);
  });

  test("a hashed entry is believed", async () => {
    const path = knownHosts(`${address(1)} ${key(1)}`);
    execFileSync("ssh-keygen", ["-H", "-f", path], { stdio: "ignore" });
    await opens(1, { driver, knownHosts: path });
  });

  test("a revoked key is refused although it is listed", async () => {
    const path = knownHosts(`${address(1)} ${key(1)}`, `@revoked * ${key(1)}`);
    expect((await refusal(1, { driver, knownHosts: path })).message).toContain("revokes");
  });

  test("of several files each is read", async () => {
    await opens(1, { driver, knownHosts: [knownHosts(), knownHosts(`${address(1)} ${key(1)}`)] });
  });

  test("a host with several keys shows the one that is known", async () => {
    for (const line of [publicKey("rsa"), key(2)])
      await opens(2, { driver, knownHosts: knownHosts(`${address(2)} ${line}`) });
  });

  test("keys of the inventory are the only ones believed, whatever known_hosts holds", async () => {
    const options = { driver, hostKeys: "inventory", knownHosts: fleet.knownHosts } as const;
    await opens(1, options);
    await refusal(1, options, { hostKeys: [key(2)] });
    await expect(open(1, options, { hostKeys: [] })).rejects.toMatchObject({
      code: "HWS_TRANSPORT_NO_HOST_KEYS",
    });
  });

  test("keys of the inventory leave the jump host to known_hosts", async () => {
    const jump = { driver, hostKeys: "inventory", jump: address(2) } as const;
    await opens(1, { ...jump, knownHosts: knownHosts(`${address(2)} ${key(2)}`) });
    await refusal(1, { ...jump, knownHosts: knownHosts(`${address(1)} ${key(1)}`) });
  });
});

test("a certificate authority is believed by openssh, and ssh2 says to use it", async () => {
  const path = knownHosts(`@cert-authority * ${publicKey("authority")}`);
  await opens(3, { driver: "openssh", knownHosts: path });
  const error = await refusal(3, { driver: "ssh2", knownHosts: path });
  expect(error.message).toContain(`${path}:1`);
  expect(error.hint).toContain("driver: openssh");
});
