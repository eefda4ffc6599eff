import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { OperationContext } from "../../src/contracts/common.ts";
import type { Instance } from "../../src/contracts/inventory.ts";
import type {
  BroadcastAnswer,
  BroadcastRequest,
  HostRequest,
  Session,
  Transport,
} from "../../src/contracts/transport.ts";
import { gathered } from "../../src/decorate/broadcast.ts";
import { hostErrors } from "../../src/errors/host-codes.ts";
import { context } from "../host/shells.ts";

const program = { digest: "0".repeat(64), text: Buffer.from("") };
const instance = (id: string): Instance => ({ id, address: id, roles: ["web"], lifecycle: "inService" });
const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `web${index + 1}`);

/** Answers as it is told, and keeps what was published. */
class Bus implements Transport {
  readonly acceptsBody = false;
  readonly published: BroadcastRequest[] = [];
  readonly signals: AbortSignal[] = [];
  answer: (id: string) => BroadcastAnswer | undefined = (id) => ({
    instance: id,
    reply: { fields: { ok: true, id }, data: Buffer.alloc(0) },
    output: Buffer.from(`of ${id}`),
  });
  hang = false;

  open(): Promise<Session> {
    throw new Error("a session is no word to anybody");
  }

  async *broadcast(request: BroadcastRequest, { signal }: OperationContext): AsyncGenerator<BroadcastAnswer> {
    this.published.push(request);
    this.signals.push(signal);
    if (this.hang)
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    for (const { id } of [...request.instances].reverse()) {
      const answer = this.answer(id);
      if (answer !== undefined) yield answer;
    }
  }
}

const openAll = async (bus: Bus, names: readonly string[]): Promise<Session[]> => {
  const transport = gathered(bus);
  return await Promise.all(
    names.map((id) =>
      transport.open({ instance: instance(id), program, root: "/srv/shop", keep: true }, context()),
    ),
  );
};
const survey: HostRequest = { verb: "survey", headers: { application: "shop" } };

describe("sessions of a transport that broadcasts", () => {
  it("send what all of them ask at once as one broadcast", async () => {
    const bus = new Bus();
    const sessions = await openAll(bus, ids(1000));
    const replies = await Promise.all(sessions.map((session) => session.call(survey, context())));
    expect(bus.published).toHaveLength(1);
    expect(bus.published[0]?.instances).toHaveLength(1000);
    expect(replies.map(({ fields }) => fields["id"])).toEqual(ids(1000));
  });

  it("send what differs in header, body or root as broadcasts of their own", async () => {
    const bus = new Bus();
    const [one, two, three, four] = await openAll(bus, ids(4));
    const body = (text: string): HostRequest => ({
      ...survey,
      body: { stream: Readable.from([Buffer.from(text)]), sizeBytes: text.length },
    });
    await Promise.all([
      one?.call(body("same"), context()),
      two?.call(body("same"), context()),
      three?.call(body("else"), context()),
      four?.call({ ...survey, headers: { application: "blog" } }, context()),
    ]);
    const asked = bus.published.map(({ instances }) => instances.map(({ id }) => id).join(" "));
    expect(asked.sort()).toEqual(["web1 web2", "web3", "web4"]);
  });

  it("do not wait for a session that asks nothing", async () => {
    const bus = new Bus();
    const [first] = await openAll(bus, ids(2));
    expect((await first?.call(survey, context()))?.fields["id"]).toBe("web1");
  });

  it("hand on the output of each to its own caller", async () => {
    const bus = new Bus();
    const heard = new Map<string, string>();
    const sessions = await openAll(bus, ids(3));
    await Promise.all(
      sessions.map((session, index) =>
        session.call(survey, {
          ...context(),
          output: (chunk) => void heard.set(`web${index + 1}`, Buffer.from(chunk).toString()),
        }),
      ),
    );
    expect([...heard]).toEqual(expect.arrayContaining([["web2", "of web2"]]));
  });

  it("fail one by one: an error of one instance is no error of the others, and one without an answer is lost", async () => {
    const bus = new Bus();
    bus.answer = (id) => {
      if (id === "web1") return { instance: id, error: hostErrors.HWS_HOST_BOOT(["no sh"]) };
      if (id === "web2") return undefined;
      return { instance: id, reply: { fields: { ok: true }, data: Buffer.alloc(0) } };
    };
    const sessions = await openAll(bus, ids(3));
    const ends = await Promise.allSettled(sessions.map((session) => session.call(survey, context())));
    expect(ends.map((end) => (end.status === "rejected" ? end.reason.code : "answered"))).toEqual([
      "HWS_HOST_BOOT",
      "HWS_TRANSPORT_LOST",
      "answered",
    ]);
    await expect(sessions[0]?.call(survey, context())).rejects.toThrow();
  });

  it("end the broadcast when the last of them gave up, and not before", async () => {
    const bus = new Bus();
    bus.hang = true;
    const [one, two] = await openAll(bus, ids(2));
    const [first, second] = [new AbortController(), new AbortController()];
    const calls = [
      one?.call(survey, { ...context(), signal: first.signal }),
      two?.call(survey, { ...context(), signal: second.signal }),
    ];
    await expect.poll(() => bus.published.length).toBe(1);
    first.abort(new Error("one gave up"));
    await expect(calls[0]).rejects.toThrow("one gave up");
    expect(bus.signals[0]?.aborted).toBe(false);
    second.abort(new Error("two gave up"));
    await expect(calls[1]).rejects.toThrow("two gave up");
    expect(bus.signals[0]?.aborted).toBe(true);
  });

  it("refuse a body that is not small", async () => {
    const [one] = await openAll(new Bus(), ids(1));
    const stream = Readable.from([Buffer.alloc(1)]);
    const call = one?.call({ ...survey, body: { stream, sizeBytes: 5 << 20 } }, context());
    await expect(call).rejects.toMatchObject({ code: "HWS_TRANSPORT_BODY" });
  });

  it("are those of the transport itself, when it does not broadcast", () => {
    const transport: Transport = { open: async () => ({}) as Session };
    expect(gathered(transport)).toBe(transport);
  });
});
