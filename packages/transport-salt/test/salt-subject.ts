import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Instance, Secret, type Transport } from "@hawser/core/plugin";
import { pluginContext, type Salt, type TransportFailure, type TransportSubject } from "@hawser/testkit";
import saltTransport, { type SaltTransportOptions } from "../src/index.ts";

/** A transport to a master, as the deployer. */
export const transportTo = async (
  salt: Salt,
  options: Partial<SaltTransportOptions> = {},
): Promise<Transport> =>
  await saltTransport.create(
    {
      url: salt.url,
      username: "deploy",
      password: new Secret(salt.password),
      eauth: salt.eauth,
      ...(salt.authority !== undefined && { ca: salt.authority }),
      ...options,
    },
    pluginContext({ cacheDirectory: salt.folder }),
  );

export const instanceOf = (id: string): Instance => ({
  id,
  address: id,
  roles: ["web"],
  lifecycle: "inService",
});

const isRunning = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));

/** The first minion as a place to try, and broken ways to it. */
export const saltSubject = (salt: () => Salt): TransportSubject => {
  const failure = (id: string, options: Partial<SaltTransportOptions>): TransportFailure => ({
    create: () => transportTo(salt(), options),
    instance: instanceOf(id),
    root: join(salt().folder, "nowhere"),
  });
  return {
    held: false,
    acceptsBody: false,
    create: () => transportTo(salt()),
    place: async () => {
      const [minion] = salt().minions;
      const root = await mkdtemp(join(minion!.folder, "root-"));
      return {
        instance: instanceOf(minion!.id),
        root,
        isRunning: async (pid) => isRunning(pid),
        overwrite: (path, text) => writeFile(join(root, path), text),
      };
    },
    unreachable: async () => failure("absent", {}),
    refusedCredentials: async () => failure("web1", { password: new Secret("wrong") }),
  };
};
