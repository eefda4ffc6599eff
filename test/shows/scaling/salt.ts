import { type FleetInstance, type Salt, startHaproxy, startSalt } from "@hawser/testkit";
import { onMinio } from "../central-storage.ts";
import { Closers } from "../closers.ts";
import type { Ground } from "./ground.ts";
import { haproxyBlock, samplesOf } from "./haproxy.ts";
import { Machines } from "./machines.ts";

const password = "HAWSER_TEST_SALT_PASSWORD";

const saltBlocks = (salt: Salt) => {
  const access = {
    url: salt.url,
    username: "deploy",
    password: `\${env:${password}}`,
    eauth: salt.eauth,
    ...(salt.authority !== undefined && { ca: salt.authority }),
  };
  return {
    transport: { use: "@hawser/transport-salt", with: access },
    inventory: {
      use: "@hawser/inventory-salt",
      with: { ...access, target: { roles: "web" }, address: { grain: "ipv4" } },
    },
  };
};

/** One's own machines as minions of a Salt master: MinIO, the master's accepted keys, HAProxy, and no SSH. */
export const openSalt = (machines: number) => async (): Promise<Ground> => {
  const closers = new Closers();
  try {
    const store = closers.add(await Machines.start(machines));
    const { gateway } = store.fleet;
    const central = closers.add(await onMinio("minio", gateway));
    const haproxy = closers.add(await startHaproxy({ servers: [] }));
    const salt = closers.add(await startSalt({ minions: [], address: gateway, tls: true }));
    const minions = new Map<FleetInstance, AsyncDisposable>();
    return {
      blocks: {
        root: store.fleet.instances[0]?.root ?? "",
        storage: central.block,
        ...saltBlocks(salt),
        loadBalancer: haproxyBlock(haproxy),
      },
      env: { ...central.env, [password]: salt.password },
      url: `http://127.0.0.1:${haproxy.port}`,
      grow: async () => {
        const fresh = await store.fresh();
        const { id } = fresh;
        minions.set(
          fresh,
          await salt.startMinion((argv, options) => store.fleet.spawn(id, argv, options), { id }),
        );
        return id;
      },
      // A minion that still runs would ask to be accepted again.
      shrink: async (id) => {
        const fading = store.of(id);
        await minions.get(fading)?.[Symbol.asyncDispose]();
        minions.delete(fading);
        await salt.call({ client: "wheel", fun: "key.delete", match: id });
      },
      switchOff: (id) => store.end(store.of(id)),
      folder: (id) => store.of(id).folder,
      samples: () => samplesOf(store, haproxy, (each) => minions.has(each)),
      [Symbol.asyncDispose]: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
};
