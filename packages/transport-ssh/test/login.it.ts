import { execFileSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "@hawser/core/plugin";
import { type Fleet, operationContext, probeProgram, startFleet, temporaryDirectory } from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SshTransportOptions } from "../src/index.ts";
import { endFleet, transportTo } from "./fleet-subject.ts";

const keys = temporaryDirectory();
let fleet: Fleet;
let agent: string;
let agentPid: number;

beforeAll(async () => {
  fleet = await startFleet({ count: 2 });
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(keys, "wrong")]);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "secret", "-f", join(keys, "locked")]);
  agent = join(keys, "agent.sock");
  const said = execFileSync("ssh-agent", ["-s", "-a", agent], { encoding: "utf8" });
  agentPid = Number(/SSH_AGENT_PID=(\d+)/.exec(said)![1]);
  execFileSync("ssh-add", ["-q", fleet.privateKey], { env: { ...process.env, SSH_AUTH_SOCK: agent } });
});
afterAll(async () => {
  process.kill(agentPid);
  rmSync(keys, { recursive: true });
  await endFleet(fleet);
});

const open = async (
  options: SshTransportOptions,
  address = fleet.instances[0]!.address,
): Promise<Session> => {
  const transport = await transportTo(fleet, options);
  const instance = { ...fleet.instances[0]!, address };
  return transport.open(
    { instance, root: instance.root, program: probeProgram(), keep: false },
    operationContext(),
  );
};

describe.each(["ssh2", "openssh"] as const)("a login with %s", (driver) => {
  test("by a key that the instance does not know names user and key", async () => {
    const privateKey = join(keys, "wrong");
    await expect(open({ driver, privateKey })).rejects.toMatchObject({
      code: "HWS_TRANSPORT_AUTH",
      retryable: false,
      message: expect.stringMatching(
        new RegExp(`user ${fleet.user}: tried the key ${privateKey}.*accepts publickey`),
      ),
    });
  });

  test("by an encrypted key fails before anything is sent", async () => {
    const privateKey = join(keys, "locked");
    await expect(open({ driver, privateKey })).rejects.toMatchObject({ code: "HWS_SSH_KEY" });
    const transport = await transportTo(fleet, { driver, privateKey });
    expect(await transport.check?.(operationContext())).toMatchObject([
      { code: "HWS_SSH_KEY", severity: "error" },
    ]);
  });

  test("by an agent works, and the agent is not forwarded", async () => {
    await using session = await open({ driver, agent, privateKey: join(keys, "wrong") });
    const { fields } = await session.call({ verb: "facts", headers: {} }, operationContext());
    const environment = await fleet.exec("web1", ["cat", `/proc/${fields["pid"]}/environ`]);
    expect(environment.stdout).toContain("SSH_CONNECTION");
    expect(environment.stdout).not.toContain("SSH_AUTH_SOCK");
  });

  test("through a jump host that does not know the key names the jump host", async () => {
    const [, jump] = fleet.instances;
    await expect(open({ driver, jump: `nobody@${jump!.address}` })).rejects.toMatchObject({
      code: "HWS_TRANSPORT_AUTH",
      message: expect.stringContaining(`${jump!.address}:22`),
    });
  });

  test("hostile addresses, users and jump hosts are refused before anything is started", async () => {
    const canary = join(keys, `canary-${driver}`);
    const command = `touch ${canary}`;
    for (const address of [
      `-oProxyCommand=${command}`,
      `$(${command})`,
      `a;${command}`,
      `\`${command}\``,
      "a\nb",
    ]) {
      await expect(open({ driver }, address)).rejects.toMatchObject({ code: "HWS_SSH_HOST" });
      await expect(open({ driver, user: address })).rejects.toMatchObject({ code: "HWS_SSH_HOST" });
      await expect(open({ driver, jump: address })).rejects.toMatchObject({ code: "HWS_SSH_HOST" });
    }
    expect(existsSync(canary)).toBe(false);
  });

  test("paths with quotes, blanks and dollars are only paths", async () => {
    const knownHosts = join(keys, `known "hosts" \${HOME} %d $(id) ${driver}`);
    writeFileSync(knownHosts, fleet.instances.map((each) => `${each.address} ${each.hostKey}\n`).join(""));
    await (await open({ driver, knownHosts }))[Symbol.asyncDispose]();
  });

  test("a name that does not resolve is unreachable", async () => {
    await expect(open({ driver }, "no-such-host.invalid")).rejects.toMatchObject({
      code: "HWS_TRANSPORT_UNREACHABLE",
    });
  });
});
