import { setTimeout as sleep } from "node:timers/promises";
import type { EnsureRequest, Instance, LoadBalancer, Member, MemberState } from "@hawser/core/plugin";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { operationContext } from "./context.ts";

/** A request that one member serves until it is ended. */
export interface HeldRequest {
  /** Resolves when it is over: whole, or cut by the load balancer. */
  readonly over: Promise<"ended" | "cut">;
  end(): Promise<void>;
}

/** One load balancer to try, alone: nobody else changes it. */
export interface LoadBalancerTrial extends AsyncDisposable {
  readonly loadBalancer: LoadBalancer;
  /** At least two instances that are members, in and healthy. */
  readonly instances: readonly [Instance, Instance, ...Instance[]];
  /** An instance that it never knew. */
  readonly stranger: Instance;
  /** The ids of the instances that served a number of new requests through the load balancer. */
  serve(requests: number): Promise<readonly string[]>;
  /** Opens a request through the load balancer that the instance serves until it is ended. */
  hold(instance: Instance): Promise<HeldRequest>;
  /** Takes the machine away, without a word to the load balancer. */
  remove(instance: Instance): Promise<void>;
}

/** What `ensure` may leave of a member asked to be absent: gone, or named still but serving nothing. */
const gone: readonly MemberState[] = ["absent", "out"];

/**
 * The sentences of the LoadBalancer contract as tests.
 *
 * @param create makes a fresh load balancer with its members, for each test.
 */
export const describeLoadBalancer = (
  name: string,
  { create }: { readonly create: () => Promise<LoadBalancerTrial> },
): void => {
  let trial: LoadBalancerTrial;
  let stop: AbortController;

  const ensure = (
    instance: Instance,
    state: EnsureRequest["state"],
    more?: Partial<EnsureRequest>,
  ): Promise<Member> => {
    const member = trial.loadBalancer.ensure(
      { instance, state, drainTimeoutMs: 20_000, onDrainTimeout: "abort", ...more },
      operationContext({ signal: stop.signal }),
    );
    // A test that fails before it waits for this one aborts it.
    member.catch(() => {});
    return member;
  };
  const stateOf = async (instance: Instance): Promise<Member> => {
    const [member] = await trial.loadBalancer.states(
      { instances: [instance] },
      operationContext({ signal: stop.signal }),
    );
    if (!member) throw new Error("no member for an instance asked for");
    return member;
  };

  beforeEach(async () => {
    stop = new AbortController();
    trial = await create();
  });
  afterEach(async () => {
    stop.abort();
    await trial[Symbol.asyncDispose]();
  });

  describe(`${name}: states`, () => {
    it("has one member for every instance asked for, in the same order", async () => {
      const asked = [trial.instances[1], trial.stranger, trial.instances[0]];
      const members = await trial.loadBalancer.states(
        { instances: asked },
        operationContext({ signal: stop.signal }),
      );
      expect(members.map((member) => member.instance)).toEqual(asked.map((instance) => instance.id));
    });

    it("has an instance it does not know as absent", async () => {
      expect((await stateOf(trial.stranger)).state).toBe("absent");
    });

    it("has members that serve as in and healthy", async () => {
      expect(await stateOf(trial.instances[0])).toMatchObject({ state: "in", healthy: "yes" });
    });

    it("has a member with open requests that takes no new one as draining", async () => {
      const [instance] = trial.instances;
      const held = await trial.hold(instance);
      const leaving = ensure(instance, "out");
      await expect.poll(async () => (await stateOf(instance)).state, { timeout: 10_000 }).toBe("draining");
      await held.end();
      await leaving;
    });
  });

  describe(`${name}: ensure out`, () => {
    it("takes no new request any more once it is out", async () => {
      const [instance, other] = trial.instances;
      expect((await ensure(instance, "out")).state).toBe("out");
      const served = await trial.serve(20);
      expect(served).not.toContain(instance.id);
      expect(served).toContain(other.id);
    });

    it("waits for open requests", async () => {
      const [instance] = trial.instances;
      const held = await trial.hold(instance);
      let out = false;
      const leaving = ensure(instance, "out");
      leaving.then(
        () => {
          out = true;
        },
        () => {},
      );
      await expect.poll(async () => (await stateOf(instance)).state, { timeout: 10_000 }).toBe("draining");
      expect(out).toBe(false);
      await held.end();
      expect(await held.over).toBe("ended");
      expect((await leaving).state).toBe("out");
    });

    it("is HWS_LB_DRAIN_TIMEOUT after the drain limit with onDrainTimeout abort, and cuts nothing", async () => {
      const [instance] = trial.instances;
      const held = await trial.hold(instance);
      await expect(ensure(instance, "out", { drainTimeoutMs: 300 })).rejects.toMatchObject({
        code: "HWS_LB_DRAIN_TIMEOUT",
      });
      await held.end();
      expect(await held.over).toBe("ended");
    });

    it("cuts open requests after the drain limit with onDrainTimeout force", async () => {
      const [instance] = trial.instances;
      const held = await trial.hold(instance);
      const member = await ensure(instance, "out", { drainTimeoutMs: 300, onDrainTimeout: "force" });
      expect(member.state).toBe("out");
      expect(await held.over).toBe("cut");
    });

    it("changes nothing the second time", async () => {
      const [instance] = trial.instances;
      const first = await ensure(instance, "out");
      expect(await ensure(instance, "out")).toEqual(first);
      expect(await stateOf(instance)).toEqual(first);
    });

    it("leaves the other members as they were", async () => {
      const [instance, other] = trial.instances;
      const before = await stateOf(other);
      await ensure(instance, "out");
      expect(await stateOf(other)).toEqual(before);
    });
  });

  describe(`${name}: ensure in`, () => {
    it("takes new requests and is healthy as the load balancer sees it", async () => {
      const [instance] = trial.instances;
      await ensure(instance, "out");
      expect(await ensure(instance, "in")).toMatchObject({ state: "in", healthy: "yes" });
      expect(await trial.serve(20)).toContain(instance.id);
    });

    it("changes nothing the second time", async () => {
      const [instance] = trial.instances;
      const first = await ensure(instance, "in");
      const held = await trial.hold(instance);
      expect(await ensure(instance, "in")).toEqual(first);
      await held.end();
      expect(await held.over).toBe("ended");
    });

    it("brings back a member whose drain timed out", async () => {
      const [instance] = trial.instances;
      const held = await trial.hold(instance);
      await expect(ensure(instance, "out", { drainTimeoutMs: 100 })).rejects.toThrow();
      expect((await ensure(instance, "in")).state).toBe("in");
      await held.end();
      expect(await held.over).toBe("ended");
    });
  });

  describe(`${name}: ensure absent`, () => {
    it("works for a machine that no longer exists", async () => {
      const [instance] = trial.instances;
      await trial.remove(instance);
      expect(gone).toContain((await ensure(instance, "absent")).state);
      expect(await trial.serve(10)).not.toContain(instance.id);
    });

    it("works for one it never knew", async () => {
      expect((await ensure(trial.stranger, "absent")).state).toBe("absent");
    });

    it("changes nothing the second time", async () => {
      const [instance] = trial.instances;
      const first = await ensure(instance, "absent");
      expect(await ensure(instance, "absent")).toEqual(first);
    });
  });

  describe(`${name}: every method`, () => {
    it("stops soon when its signal is aborted", async () => {
      const [instance] = trial.instances;
      const held = await trial.hold(instance);
      const leaving = ensure(instance, "out", { drainTimeoutMs: 600_000 });
      const stopped = expect(leaving).rejects.toThrow();
      await sleep(50);
      stop.abort();
      await stopped;
      await held.end();
    });

    it("checks without a problem what works", async () => {
      const problems = (await trial.loadBalancer.check?.(operationContext({ signal: stop.signal }))) ?? [];
      expect(problems.filter((problem) => problem.severity === "error")).toEqual([]);
    });

    it("may be disposed twice", async () => {
      await trial.loadBalancer[Symbol.asyncDispose]?.();
      await trial.loadBalancer[Symbol.asyncDispose]?.();
    });
  });
};
