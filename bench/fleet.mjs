import { readFileSync, readlinkSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";

const testkit = new URL("../packages/testkit/dist/servers/", import.meta.url);

/** Real sshd instances and a Git server that this machine and they reach; needs the testkit built. */
export const startServers = async (instances, repositories) => {
  const { startFleet } = await import(new URL("sshd-fleet.js", testkit));
  const { startGitSshServer } = await import(new URL("git-ssh-server.js", testkit));
  const fleet = await startFleet({ count: instances });
  try {
    const gitServer = await startGitSshServer({ root: repositories, host: fleet.gateway });
    return {
      fleet,
      gitServer,
      end: async () => {
        await gitServer[Symbol.asyncDispose]();
        await fleet[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await fleet[Symbol.asyncDispose]();
    throw error;
  }
};

/** Bytes that the network interfaces of all instances have received; undefined where instances share this machine's. */
export const receivedBytes = async (fleet) => {
  if (fleet.isolation !== "namespaces") return undefined;
  const counts = await Promise.all(
    fleet.instances.map(async ({ id }) => {
      const { stdout } = await fleet.exec(id, ["cat", "/proc/net/dev"]);
      const eth0 = stdout.split("\n").find((text) => text.trim().startsWith("eth0:"));
      return Number(eth0.split(":")[1].trim().split(/\s+/)[0]);
    }),
  );
  return counts.reduce((a, b) => a + b, 0);
};

/** The release that is current, as a path of this machine: a link may name the instance's own path. */
const currentOf = ({ root, folder }, name) => {
  const link = readlinkSync(join(folder, name, "current"));
  return isAbsolute(link) ? join(folder, relative(root, link)) : join(folder, name, link);
};

/** Throws unless `current` of every instance holds the files as they are in the work tree. */
export const checkDeployed = (fleet, name, work, paths) => {
  for (const instance of fleet.instances)
    for (const path of paths) {
      const there = readFileSync(join(currentOf(instance, name), path));
      if (!there.equals(readFileSync(join(work, path))))
        throw new Error(`${instance.id} holds another ${path} than was deployed`);
    }
};
