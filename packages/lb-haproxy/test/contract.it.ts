import { describeLoadBalancer, startFleet } from "@hawser/testkit";
import { startWeb, trialOf } from "./web-trial.ts";

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

describeLoadBalancer("lb-haproxy with two HAProxies", {
  create: async () => {
    const web = await startWeb(2);
    return trialOf(web, { socket: web.haproxies.map((haproxy) => haproxy.socketPath) });
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
