import type { Session, Transport } from "@hawser/core/plugin";
import { type Fleet, operationContext, probeProgram, startFleet } from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { endFleet, transportTo } from "./fleet-subject.ts";

const lost = { code: "HWS_TRANSPORT_LOST", retryable: true };

describe.each(["ssh2", "openssh"] as const)("faults with %s", (driver) => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet({ count: 5, each: () => ({ sshd: ["MaxStartups 10:30:60"] }) });
  });
  afterAll(() => endFleet(fleet));

  const open = (transport: Transport, number: number): Promise<Session> => {
    const instance = fleet.instances[number - 1]!;
    return transport.open(
      { instance, root: instance.root, program: probeProgram(), keep: false },
      operationContext(),
    );
  };
  const call = (session: Session, verb: string) => session.call({ verb, headers: {} }, operationContext());

  test.concurrent("a partition in the middle of a call is a lost connection within the keep-alive's limit", async () => {
    const session = await open(await transportTo(fleet, { driver }), 1);
    const waiting = call(session, "wait");
    await fleet.partition("web1");
    await expect(waiting).rejects.toMatchObject(lost);
    await fleet.heal("web1");
  });

  test.concurrent("an sshd that hangs is a lost connection", async () => {
    const session = await open(await transportTo(fleet, { driver }), 2);
    const waiting = call(session, "wait");
    await fleet.pauseSshd("web2");
    await expect(waiting).rejects.toMatchObject(lost);
    await fleet.resumeSshd("web2");
  });

  test.concurrent("a killed sshd is a lost connection, and the next session works", async () => {
    const transport = await transportTo(fleet, { driver });
    const session = await open(transport, 3);
    const waiting = call(session, "wait");
    await fleet.killSshd("web3");
    await expect(waiting).rejects.toMatchObject(lost);
    await expect(open(transport, 3)).rejects.toMatchObject({
      code: "HWS_TRANSPORT_UNREACHABLE",
      retryable: true,
    });
    await fleet.startSshd("web3");
    await using again = await open(transport, 3);
    expect((await call(again, "facts")).fields["ok"]).toBe(true);
  });

  test.concurrent("an instance that is switched off does not answer", async () => {
    await fleet.stopInstance("web4");
    const opening = open(await transportTo(fleet, { driver }), 4);
    await expect(opening).rejects.toMatchObject({ code: "HWS_TRANSPORT_UNREACHABLE", retryable: true });
  });
});

describe.each(["ssh2", "openssh"] as const)("many sessions with %s", (driver) => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet({ count: 2, each: () => ({ sshd: ["MaxStartups 10:30:60"] }) });
  });
  afterAll(() => endFleet(fleet));

  const openMany = async (transport: Transport): Promise<readonly Session[]> => {
    const instance = fleet.instances[0]!;
    const request = { instance, root: instance.root, program: probeProgram(), keep: false };
    return Promise.all(Array.from({ length: 30 }, () => transport.open(request, operationContext())));
  };
  const end = async (sessions: readonly Session[]): Promise<void> => {
    await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()));
  };

  test("thirty at once pass an sshd that drops logins from the tenth on", async () => {
    await end(await openMany(await transportTo(fleet, { driver })));
  });

  test("thirty at once pass through one jump host", async () => {
    const jump = fleet.instances[1]!;
    const transport = await transportTo(fleet, { driver, jump: jump.address });
    const sessions = await openMany(transport);
    const established = `awk '$2 ~ /:0016$/ && $4 == "01"' /proc/net/tcp | wc -l`;
    const { stdout } = await fleet.exec(jump.id, ["sh", "-c", established]);
    // ssh2 shares connections, eight sessions each; openssh needs one for each session.
    expect(Number(stdout)).toBe(driver === "ssh2" ? 4 : 30);
    await end(sessions);
    await transport[Symbol.asyncDispose]?.();
  });
});
