import type { Instance } from "@hawser/core/plugin";
import { describeLoadBalancer } from "../src/describe-load-balancer.ts";
import { MemoryLoadBalancer, type OpenRequest } from "../src/memory/memory-load-balancer.ts";

const instance = (id: string): Instance => ({
  id,
  address: `${id}.test`,
  roles: ["web"],
  lifecycle: "inService",
});

describeLoadBalancer("MemoryLoadBalancer", {
  create: async () => {
    const loadBalancer = new MemoryLoadBalancer(["web1", "web2"]);
    const held = (wanted: Instance): OpenRequest => {
      for (let tries = 0; tries < 10; tries++) {
        const open = loadBalancer.request();
        if (open?.instance === wanted.id) return open;
        open?.end();
      }
      throw new Error(`no request reaches ${wanted.id}`);
    };
    return {
      loadBalancer,
      instances: [instance("web1"), instance("web2")],
      stranger: instance("web9"),
      serve: async (requests) =>
        Array.from({ length: requests }, () => {
          const open = loadBalancer.request();
          open?.end();
          return open?.instance ?? "nobody";
        }),
      hold: async (wanted) => {
        const open = held(wanted);
        return { over: open.over, end: async () => open.end() };
      },
      remove: async (gone) => loadBalancer.setHealth(gone.id, "no"),
      [Symbol.asyncDispose]: async () => {},
    };
  },
});
