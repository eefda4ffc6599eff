import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Fleet, startFleet } from "@hawser/testkit";

/** What a reader of the page about servers has: two servers, and one with HAProxy that nobody has set up. */
export interface Servers extends AsyncDisposable {
  readonly own: Readonly<Record<string, string>>;
  /** Lets a key in everywhere. */
  letIn(publicKey: string): Promise<void>;
  /** Installs a haproxy.cfg on the load balancer and starts it. */
  balance(configFile: string): Promise<void>;
}

const socket = "/run/haproxy/admin.sock";

export const startServers = async (): Promise<Servers> => {
  const fleet: Fleet = await startFleet({ count: 3, root: "/srv/hello", isolation: "namespaces" });
  const [web1, web2, lb] = fleet.instances;
  if (web1 === undefined || web2 === undefined || lb === undefined) throw new Error("the fleet is too small");
  return {
    own: { WEB1: web1.address ?? "", WEB2: web2.address ?? "", LB: lb.address ?? "", DEPLOYER: fleet.user },
    letIn: async (publicKey) =>
      await appendFile(join(fleet.folder, "authorized_keys"), await readFile(publicKey, "utf8")),
    balance: async (configFile) => {
      const prepared = "mkdir -p /run/haproxy && mount -t tmpfs tmpfs /run/haproxy";
      await fleet.exec(lb.id, ["sh", "-c", prepared]);
      fleet.spawn(lb.id, ["haproxy", "-W", "-f", configFile], { stdio: "ignore" });
      for (let tries = 0; tries < 100; tries++) {
        const looked = await fleet.exec(lb.id, ["test", "-S", socket]);
        if (looked.exitCode === 0) return;
        await sleep(100);
      }
      throw new Error("haproxy does not start");
    },
    [Symbol.asyncDispose]: () => fleet[Symbol.asyncDispose](),
  };
};
