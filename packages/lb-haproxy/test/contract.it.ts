import { describeLoadBalancer, startFleet } from "@hawser/testkit";
import { describe } from "vitest";
import { joined, slotted, startSlottedWeb, startWeb, trialOf } from "./web-trial.ts";

describeLoadBalancer("lb-haproxy with two HAProxies", {
  create: async () => {
    const web = await startWeb(2);
    return trialOf(web, { socket: web.haproxies.map((haproxy) => haproxy.socketPath) });
  },
});

describeLoadBalancer("lb-haproxy with slots and a state file", {
  create: async () => {
    const web = await startSlottedWeb();
    await joined(web, slotted(web));
    return trialOf(web, slotted(web));
  },
});

// Each shape takes a minute: every change has those that differ most, acceptance these too.
describe.runIf(process.env.HAWSER_SCALE === "whole")("at acceptance", () => {
  describeLoadBalancer("lb-haproxy over a UNIX socket", {
    create: async () => {
      const web = await startWeb();
      return trialOf(web, { socket: web.haproxies[0]?.socketPath ?? "" });
    },
  });

  describeLoadBalancer("lb-haproxy over TCP", {
    create: async () => {
      const web = await startWeb();
      return trialOf(web, { socket: `tcp://127.0.0.1:${web.haproxies[0]?.socketPort}` });
    },
  });

  describeLoadBalancer("lb-haproxy over SSH", {
    create: async () => {
      const [web, fleet] = await Promise.all([startWeb(), startFleet({ count: 1, isolation: "loopback" })]);
      const [machine] = fleet.instances;
      const trial = await trialOf(web, {
        socket: `ssh://${fleet.user}@${machine?.address}:${machine?.port}${web.haproxies[0]?.socketPath}`,
        privateKey: fleet.privateKey,
        knownHosts: fleet.knownHosts,
      });
      return {
        ...trial,
        [Symbol.asyncDispose]: async () => {
          await trial[Symbol.asyncDispose]();
          await fleet[Symbol.asyncDispose]();
        },
      };
    },
  });

  describeLoadBalancer("lb-haproxy with slots of two HAProxies", {
    create: async () => {
      const web = await startSlottedWeb(2);
      const { stateFile: _, ...options } = slotted(web);
      await joined(web, options);
      return trialOf(web, options);
    },
  });

  describeLoadBalancer("lb-haproxy with a slow start", {
    create: async () => {
      const web = await startWeb(1, {}, "check inter 200 rise 2 fall 2 weight 100");
      return trialOf(web, {
        socket: web.haproxies[0]?.socketPath ?? "",
        slowStart: { steps: [10, 50, 100], everyMs: 100 },
      });
    },
  });
});
