import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Session, Transport } from "@hawser/core/plugin";
import transportLocal from "@hawser/transport-local";
import { expect, it } from "vitest";
import { hostErrors } from "../../src/errors/host-codes.ts";
import { ended, ending, given, openProject } from "./fixtures/project.ts";

interface Loss {
  readonly verb: string;
  /** Whether the instance still did what it was asked. */
  readonly done: boolean;
}

/** Loses the session to web1 once, at a verb, as soon as `armed` says so. */
const losing = async ({ verb, done }: Loss, armed = () => true): Promise<Transport> => {
  const inner = await transportLocal.create({}, undefined as never);
  let lost = false;
  return {
    open: async (request, context): Promise<Session> => {
      const session = await inner.open(request, context);
      return {
        call: async (call, inside) => {
          if (lost || !armed() || request.instance.id !== "web1" || call.verb !== verb)
            return await session.call(call, inside);
          lost = true;
          if (done) await session.call(call, inside);
          throw hostErrors.HWS_TRANSPORT_LOST(["the line was cut"]);
        },
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      };
    },
  };
};

const reload = { name: "reload", run: 'echo run >>"$HAWSER_ROOT/shared/reloads"', timeoutMs: 20_000 };

it.each<Loss>([
  { verb: "stage", done: false },
  { verb: "activate", done: false },
  { verb: "activate", done: true },
  { verb: "command", done: false },
  { verb: "command", done: true },
  { verb: "check", done: true },
])("a session that is lost at $verb (done: $done) is opened again, and nobody is left out", async (loss) => {
  const project = await openProject({
    instances: 3,
    plan: {
      activate: [reload],
      shared: ["shared/"],
      check: { command: "true", timeoutMs: 5_000, stableMs: 0 },
    },
    config: { transport: given("transport", await losing(loss)), rollout: { maxUnavailable: 1 } },
  });
  const { events, result } = await ended(project.engine.deploy());
  expect(ending(result)).toBe("0 done");
  expect(project.current()).toEqual(["000001", "000001", "000001"]);
  expect(events).toContainEqual(
    expect.objectContaining({ instance: "web1", detail: "the session was lost: connecting again" }),
  );
  for (const id of ["web1", "web2", "web3"])
    expect(readFileSync(join(project.root(id), "shared/reloads"), "utf8")).toBe("run\n");
  const states = await project.balancer.states({
    instances: await project.inventory.list({ signal: new AbortController().signal } as never),
  });
  expect(states.map(({ state }) => state)).toEqual(["in", "in", "in"]);
});

it.each([{ done: false }, { done: true }])(
  "an exec whose session is lost (done: $done) runs the program once and gives its exit code",
  async ({ done }) => {
    let armed = false;
    const transport = await losing({ verb: "command", done }, () => armed);
    const project = await openProject({ config: { transport: given("transport", transport) } });
    expect(ending(await project.engine.deploy().result)).toBe("0 done");
    armed = true;
    const argv = ["sh", "-c", 'echo ran >>"$HAWSER_ROOT/shared/execs"; exit 7'];
    const { result } = await ended(project.engine.exec({ argv }));
    expect(ending(result)).toBe("1 incomplete HWS_EXEC_FAILED");
    expect(result.instances).toMatchObject([
      { id: "web1", exit: 7 },
      { id: "web2", exit: 7 },
    ]);
    for (const id of ["web1", "web2"])
      expect(readFileSync(join(project.root(id), "shared/execs"), "utf8")).toBe("ran\n");
  },
);
