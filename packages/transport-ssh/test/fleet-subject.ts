import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Transport } from "@hawser/core/plugin";
import {
  type Fleet,
  pluginContext,
  type TransportFailure,
  type TransportPlace,
  type TransportSubject,
} from "@hawser/testkit";
import sshTransport, { type SshTransportOptions } from "../src/index.ts";

const made = new Set<Transport>();

/** A transport to a fleet, with what every test needs. */
export const transportTo = async (fleet: Fleet, options: SshTransportOptions = {}): Promise<Transport> => {
  const transport = await sshTransport.create(
    { user: fleet.user, privateKey: fleet.privateKey, knownHosts: fleet.knownHosts, ...options },
    pluginContext({ cacheDirectory: fleet.folder }),
  );
  made.add(transport);
  return transport;
};

/** Ends a fleet and every transport that was made so far. */
export const endFleet = async (fleet: Fleet): Promise<void> => {
  for (const transport of made) await transport[Symbol.asyncDispose]?.();
  made.clear();
  await fleet[Symbol.asyncDispose]();
};

/** The first instance as a place to try, and broken ways to it. The last instances are the jump hosts. */
export const fleetSubject = (
  fleet: () => Fleet,
  options: SshTransportOptions,
  jumps: number,
): TransportSubject => {
  const first = () => fleet().instances[0]!;
  const jump = (): SshTransportOptions =>
    jumps === 0
      ? {}
      : {
          jump: fleet()
            .instances.slice(-jumps)
            .map((each) => `${fleet().user}@${each.address}:${each.port}`)
            .join(","),
        };
  const create = (more: SshTransportOptions = {}) => transportTo(fleet(), { ...options, ...jump(), ...more });

  const place = async (): Promise<TransportPlace> => ({
    instance: first(),
    root: first().root,
    isRunning: async (pid) =>
      (
        await fleet().exec(first().id, [
          "sh",
          "-c",
          'case $(cat "/proc/$1/stat") in *") Z "*) exit 1 ;; esac',
          "sh",
          String(pid),
        ])
      ).stdout === "" && (await fleet().exec(first().id, ["test", "-d", `/proc/${pid}`])).exitCode === 0,
    overwrite: async (path, text) => writeFileSync(join(first().folder, path), text),
  });

  /** A known_hosts file in which the first instance has another key, or none. */
  const knownHosts = (name: string, firstKey: string | undefined): string => {
    const path = join(fleet().folder, name);
    const [, ...others] = fleet().instances;
    const lines = others.map((each) => `${each.address} ${each.hostKey}\n`);
    writeFileSync(
      path,
      [...lines, firstKey === undefined ? "" : `${first().address} ${firstKey}\n`].join(""),
    );
    return path;
  };
  const failure = (more: SshTransportOptions, instance = first()): TransportFailure => ({
    create: () => create(more),
    instance,
    root: instance.root,
  });

  return {
    create,
    place,
    unreachable: async () => failure({}, { ...first(), port: 9 }),
    unknownHostKey: async () => failure({ knownHosts: knownHosts("known_hosts.unknown", undefined) }),
    changedHostKey: async () => {
      const path = knownHosts("known_hosts.changed", fleet().instances[1]!.hostKey);
      return failure({ knownHosts: path });
    },
    refusedCredentials: async () => failure({ user: "nobody" }),
  };
};
