import { mkdirSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { type Bridge, makeBridge } from "./bridge.ts";
import type { Fleet, FleetInstance, FleetOptions } from "./fleet.ts";
import { FleetFolder, sweepFleets } from "./fleet-folder.ts";
import { LoopbackMachine } from "./loopback-machine.ts";
import type { Machine } from "./machine.ts";
import { NamespaceMachine } from "./namespace-machine.ts";
import { freePort } from "./port.ts";
import { makeKey, makeUserKey } from "./sshd-files.ts";

const mayMakeNamespaces = (): boolean => process.platform === "linux" && process.getuid?.() === 0;

const makeMachine = async (
  number: number,
  fleet: FleetFolder,
  bridge: Bridge | undefined,
  options: FleetOptions,
): Promise<Machine> => {
  const id = `web${number}`;
  const hostKey = await makeKey(join(fleet.path, `${id}_host_key`));
  const own = options.each?.(number) ?? {};
  if (bridge === undefined) {
    const { sshd, ...rest } = own;
    if (Object.keys(rest).length > 0)
      throw new Error("only an instance with namespaces can differ from this machine");
    const root = options.root === undefined ? join(fleet.path, id) : join(options.root, id);
    return new LoopbackMachine({
      id,
      port: await freePort("127.0.0.1"),
      root,
      hostKey,
      fleet,
      ...(sshd && { sshd }),
    });
  }
  const root = options.root ?? "/srv/app";
  return new NamespaceMachine({ id, number, root, hostKey, fleet, bridge, options: own });
};

const instanceOf = (machine: Machine): FleetInstance => ({
  id: machine.id,
  address: machine.address,
  port: machine.port,
  root: machine.root,
  roles: ["web"],
  lifecycle: "inService",
  hostKey: machine.hostKey,
  hostKeys: [machine.hostKey],
  get folder(): string {
    return machine.folder;
  },
});

const writeKnownHosts = (folder: string, machines: readonly Machine[]): string => {
  const path = join(folder, "known_hosts");
  const lines = machines.map(
    ({ address, port, hostKey }) => `${port === 22 ? address : `[${address}]:${port}`} ${hostKey}\n`,
  );
  writeFileSync(path, lines.join(""));
  return path;
};

const assemble = (
  folder: FleetFolder,
  machines: readonly Machine[],
  privateKey: string,
  bridge?: Bridge,
): Fleet => {
  const machine = (id: string): Machine => {
    const found = machines.find((each) => each.id === id);
    if (found === undefined) throw new Error(`the fleet has no instance ${id}`);
    return found;
  };
  return {
    isolation: bridge === undefined ? "loopback" : "namespaces",
    instances: machines.map(instanceOf),
    user: userInfo().username,
    privateKey,
    knownHosts: writeKnownHosts(folder.path, machines),
    gateway: bridge === undefined ? "127.0.0.1" : `${bridge.network}.1`,
    folder: folder.path,
    exec: (id, argv) => machine(id).exec(argv),
    spawn: (id, argv, options) => machine(id).spawn(argv, options),
    stopInstance: (id) => machine(id).powerOff(),
    startInstance: (id) => machine(id).boot(),
    partition: (id) => machine(id).setLink("down"),
    heal: (id) => machine(id).setLink("up"),
    pauseSshd: (id) => machine(id).signalSshd("STOP"),
    resumeSshd: (id) => machine(id).signalSshd("CONT"),
    killSshd: (id) => machine(id).signalSshd("KILL"),
    startSshd: (id) => machine(id).startSshd(),
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(machines.map((each) => each.powerOff()));
      await folder.clear();
    },
  };
};

/** Starts real instances, each with its own sshd, and clears up after itself also when the start fails. */
export const startFleet = async (options: FleetOptions): Promise<Fleet> => {
  await sweepFleets();
  const isolation = options.isolation ?? (mayMakeNamespaces() ? "namespaces" : "loopback");
  const folder = new FleetFolder();
  const machines: Machine[] = [];
  try {
    if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
    const bridge =
      isolation === "namespaces" ? await makeBridge((name) => folder.adoptBridge(name)) : undefined;
    const privateKey = await makeUserKey(folder.path);
    const numbers = Array.from({ length: options.count }, (_, index) => index + 1);
    machines.push(
      ...(await Promise.all(numbers.map((number) => makeMachine(number, folder, bridge, options)))),
    );
    await Promise.all(machines.map((machine) => machine.boot()));
    return assemble(folder, machines, privateKey, bridge);
  } catch (error) {
    await Promise.allSettled(machines.map((machine) => machine.powerOff()));
    await folder.clear();
    throw error;
  }
};
