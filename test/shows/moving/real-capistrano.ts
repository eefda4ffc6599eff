import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createRepository, type Fleet, startGitSshServer } from "@hawser/testkit";
import { releaseFiles } from "../config.ts";
import { repository } from "../place.ts";

interface Peer {
  open(place: object): { deploy(): Promise<unknown> };
}

const benched = async (file: string): Promise<Record<string, unknown>> =>
  await import(/* @vite-ignore */ pathToFileURL(join(repository, "bench", file)).href);

export interface RealCapistrano extends AsyncDisposable {
  /** Commits another version, and deploys it with the real program, as the bench does. */
  deploy(): Promise<void>;
}

/** Capistrano itself at work on a fleet, installed by apt where that may be. */
export const realCapistrano = async (fleet: Fleet, folder: string): Promise<RealCapistrano> => {
  const { capistrano } = (await benched("peers/capistrano.mjs")) as { capistrano: Peer };
  const { isAvailable } = (await benched("programs.mjs")) as { isAvailable(peer: Peer): boolean };
  if (!isAvailable(capistrano)) throw new Error("Capistrano is missing: apt-get install capistrano");
  const repositories = join(folder, "capistrano");
  await mkdir(repositories);
  const sources = await createRepository(join(repositories, "served.git"));
  const server = await startGitSshServer({ root: repositories, host: fleet.gateway });
  const { privateKey, knownHosts } = server;
  const git = { url: server.url("served.git"), privateKey, knownHosts };
  const root = fleet.instances[0]?.root;
  const { deploy } = capistrano.open({ folder: join(folder, "cap"), root, fleet, git, keep: 5 });
  let version = 0;
  return {
    deploy: async () => {
      version++;
      const text = `${String(version).repeat(40)}\n`;
      await sources.commit({ files: Object.fromEntries(releaseFiles.map((path) => [path, text])) });
      await deploy();
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};
