import { join } from "node:path";
import { type FleetInstance, startHaproxy } from "@hawser/testkit";
import { onMinio } from "../central-storage.ts";
import { Closers } from "../closers.ts";
import { listed, sshTo } from "../config.ts";
import { writeWhole } from "../whole-file.ts";
import type { Ground } from "./ground.ts";
import { haproxyBlock, samplesOf } from "./haproxy.ts";
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
      return {
        blocks: {
          root: store.fleet.instances[0]?.root ?? "",
          storage: central.block,
          transport: sshTo(store.fleet),
          inventory: { use: "@hawser/inventory-static", with: { file } },
          loadBalancer: haproxyBlock(haproxy),
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
          wanted.delete(store.of(id));
          await write();
        },
        switchOff: (id) => store.end(store.of(id)),
        folder: (id) => store.of(id).folder,
        samples: () => samplesOf(store, haproxy, (each) => wanted.has(each)),
        [Symbol.asyncDispose]: () => closers.close(),
      };
    } catch (error) {
      await closers.close();
      throw error;
    }
  };
