import { type BroadcastAnswer, HawserError, Secret, type Transport } from "@hawser/core/plugin";
import {
  operationContext,
  pluginContext,
  probeProgram,
  type SaltApiStandInOptions,
  startSaltApiStandIn,
} from "@hawser/testkit";
import { expect, onTestFinished, test } from "vitest";
import saltTransport from "../src/index.ts";
import { instanceOf } from "./salt-subject.ts";

const good = (): Buffer => Buffer.from('\nhawser have\n{"ok":true}\n');

const open = async (options: Partial<SaltApiStandInOptions> & { readonly minions: readonly string[] }) => {
  const master = await startSaltApiStandIn({ delayMs: () => 0, answer: good, ...options });
  onTestFinished(() => master[Symbol.asyncDispose]());
  const transport = await saltTransport.create(
    { url: master.url, username: "deploy", password: new Secret("x"), silenceMs: 1_000 },
    pluginContext(),
  );
  return { master, transport };
};

const broadcast = async (transport: Transport, ids: readonly string[]): Promise<Map<string, string>> => {
  const request = {
    instances: ids.map(instanceOf),
    program: probeProgram(),
    root: "/srv/shop",
    keep: true,
    request: { verb: "facts", headers: {} },
  };
  const answers: BroadcastAnswer[] = [];
  for await (const answer of transport.broadcast?.(request, operationContext()) ?? []) answers.push(answer);
  expect(answers.map(({ instance }) => instance).sort()).toEqual([...ids].sort());
  return new Map(answers.map((each) => [each.instance, "error" in each ? each.error.code : "answered"]));
};

test("one job asks a thousand minions, and each of them yields once", async () => {
  const ids = Array.from({ length: 1000 }, (_, index) => `web${index + 1}`);
  const { master, transport } = await open({ minions: ids, delayMs: (id) => Number(id.slice(3)) / 2 });
  expect(new Set((await broadcast(transport, ids)).values())).toEqual(new Set(["answered"]));
  expect(master.published).toEqual([{ fun: "cmd.run_all", minions: 1000 }]);
});

test("those that lack the host program get it by a second job, and only they", async () => {
  const answer = (id: string, input: Buffer): Buffer => {
    const sent = input.includes("A host program whose verbs");
    if (id === "web1") return good();
    return Buffer.from(sent ? '\nhawser need\n{"ok":true}\n' : "\nhawser need\nhawser error damaged\n");
  };
  const { master, transport } = await open({ minions: ["web1", "web2", "web3"], answer });
  const ends = await broadcast(transport, ["web1", "web2", "web3"]);
  expect([...ends.values()]).toEqual(["answered", "answered", "answered"]);
  expect(master.published.map(({ minions }) => minions)).toEqual([3, 2]);
});

test("a minion that is silent or not accepted is unreachable, and holds up no other", async () => {
  const { transport } = await open({
    minions: ["web1", "web2"],
    delayMs: (id) => (id === "web2" ? undefined : 0),
  });
  expect(Object.fromEntries(await broadcast(transport, ["web1", "web2", "web3"]))).toEqual({
    web1: "answered",
    web2: "HWS_TRANSPORT_UNREACHABLE",
    web3: "HWS_TRANSPORT_UNREACHABLE",
  });
});

test("a job that everybody gave up is told to end, on those that still work on it", async () => {
  const { master, transport } = await open({
    minions: ["web1", "web2"],
    delayMs: (id) => (id === "web2" ? undefined : 0),
  });
  const abort = new AbortController();
  const request = {
    instances: ["web1", "web2"].map(instanceOf),
    program: probeProgram(),
    root: "/srv/shop",
    keep: true,
    request: { verb: "facts", headers: {} },
  };
  const heard: string[] = [];
  const listen = async (): Promise<void> => {
    const answers = transport.broadcast?.(request, operationContext({ signal: abort.signal })) ?? [];
    for await (const { instance } of answers) {
      heard.push(instance);
      abort.abort(new Error("gave up"));
    }
  };
  await expect(listen()).rejects.toThrow("gave up");
  expect(heard).toEqual(["web1"]);
  expect(master.published.at(-1)).toEqual({ fun: "saltutil.term_job", minions: 1 });
});

test.each<[string, string, string]>([
  ["nothing", "", "HWS_TRANSPORT_LOST"],
  ["what a login shell prints", "motd\n", "HWS_TRANSPORT_LOST"],
  ["an answer that is cut", '\nhawser have\n{"ok":', "HWS_TRANSPORT_LOST"],
  ["no JSON", "\nhawser have\n{nothing}\n", "HWS_HOST_ANSWER"],
  ["an error of the boot", "\nhawser error no sha256 tool\n", "HWS_HOST_BOOT"],
])("a minion whose program writes %s gets an error of its own", async (_, written, code) => {
  const answer = (id: string): Buffer => (id === "web1" ? Buffer.from(written) : good());
  const { transport } = await open({ minions: ["web1", "web2"], answer });
  expect(Object.fromEntries(await broadcast(transport, ["web1", "web2"]))).toEqual({
    web1: code,
    web2: "answered",
  });
});

test.each(["*", "web*", "-x", "web1,web2", "web1 or web2", "", "a".repeat(129), "wéb"])(
  "the id %j is no target",
  async (id) => {
    const { master, transport } = await open({ minions: ["web1"] });
    const failed = await broadcast(transport, [id]).catch((error: unknown) => error);
    expect(HawserError.is(failed, "HWS_SALT_MINION")).toBe(true);
    expect(master.published).toEqual([]);
  },
);

test.each(["http://salt.example:8000", "ftp://salt", "https://u:p@salt", "https://salt/?x=1", "salt"])(
  "the url %j is refused",
  (url) => {
    const create = () =>
      saltTransport.create({ url, username: "deploy", password: new Secret("x") }, pluginContext());
    expect(create).toThrow(expect.objectContaining({ code: "HWS_SALT_OPTION" }));
  },
);
