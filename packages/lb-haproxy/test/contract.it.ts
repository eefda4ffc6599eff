import { describeLoadBalancer } from "@hawser/testkit";
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
