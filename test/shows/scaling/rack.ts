import { join } from "node:path";
import { type FleetInstance, startHaproxy } from "@hawser/testkit";
import { balancerStates } from "../balancer.ts";
import { onMinio } from "../central-storage.ts";
import { Closers } from "../closers.ts";
import { listed, sshTo } from "../config.ts";
import { currentIn } from "../release-on-disk.ts";
import { writeWhole } from "../whole-file.ts";
import type { Ground, Sample } from "./ground.ts";
import { Machines } from "./machines.ts";

/** One's own machines: MinIO, a file that lists who there is, HAProxy, and SSH. */
export const openRack =
  (machines: number) =>
  async (folder: string): Promise<Ground> => {
    const closers = new Closers();
    try {
      const store = closers.add(await Machines.start(machines));
      const central = closers.add(await onMinio("minio"));
      const haproxy = closers.add(await startHaproxy({ servers: [] }));
      const file = join(folder, "instances.json");
      const wanted = new Set<FleetInstance>();
      const write = () => writeWhole(file, `${JSON.stringify([...wanted].map(listed))}\n`);
      await write();
      const machine = (id: string): FleetInstance => {
        const found = store.running.find((each) => each.id === id);
        if (found === undefined) throw new Error(`the rack has no machine ${id}`);
        return found;
      };
      return {
        blocks: {
          root: store.fleet.instances[0]?.root ?? "",
          storage: central.block,
          transport: sshTo(store.fleet),
          inventory: { use: "@hawser/inventory-static", with: { file } },
          loadBalancer: {
            use: "@hawser/lb-haproxy",
            with: { socket: haproxy.socketPath, backend: haproxy.backend, port: 80 },
          },
        },
        env: central.env,
        url: `http://127.0.0.1:${haproxy.port}`,
        grow: async () => {
          const fresh = await store.fresh();
          wanted.add(fresh);
          await write();
          return fresh.id;
        },
        shrink: async (id) => {
          wanted.delete(machine(id));
          await write();
        },
        switchOff: (id) => store.end(machine(id)),
        folder: (id) => machine(id).folder,
        samples: async () => {
          const states = await balancerStates(haproxy);
          return store.running.map(
            (each): Sample => ({
              id: each.id,
              release: currentIn(each.folder),
              balancer: states[each.id] === "in" ? "in" : "not in",
              lifecycle: wanted.has(each) ? "inService" : "gone",
            }),
          );
        },
        [Symbol.asyncDispose]: () => closers.close(),
      };
    } catch (error) {
      await closers.close();
      throw error;
    }
  };
