import { basename } from "node:path";
import type { HawserConfig } from "@hawser/core";
import type { Fleet, FleetInstance, GitRepository, GitSshServer, RunningHaproxy } from "@hawser/testkit";
import type { CentralStorage } from "./central-storage.ts";

export const application = "shop";

/** Two files of every release that name its revision; `prepare` writes them. */
export const releaseFiles: readonly [string, string] = ["release.txt", "public/release.txt"];

const prepare = `mkdir -p public && printf '%s\\n' "$HAWSER_REVISION" | tee ${releaseFiles.join(" > ")}`;

/** The servers of a stage. */
export interface Servers {
  readonly fleet: Fleet;
  readonly haproxy: RunningHaproxy;
  readonly git: GitSshServer;
  readonly repository: GitRepository;
  readonly central: CentralStorage;
}

type Block<K extends keyof HawserConfig> = NonNullable<HawserConfig[K]>;

export const gitSource = (git: GitSshServer, repository: GitRepository): Block<"source"> => ({
  use: "@hawser/source-git",
  with: {
    url: git.url(basename(repository.directory)),
    ref: "main",
    privateKey: git.privateKey,
    knownHosts: git.knownHosts,
  },
});

export const sshTo = ({ user, privateKey, knownHosts }: Fleet): Block<"transport"> => ({
  use: "@hawser/transport-ssh",
  with: { user, privateKey, knownHosts },
});

/** Names the revision in two files, and asks the web server of the instance for its health. */
export const checkedInstaller: Block<"installer"> = {
  use: "@hawser/installer-script",
  with: { prepare: [prepare], check: { http: "http://127.0.0.1/health", timeoutMs: 20_000 } },
};

/** The config of a stage as it opens: everything real, nothing special. */
export const configOf = ({ fleet, haproxy, git, repository, central }: Servers): HawserConfig => ({
  app: application,
  root: fleet.instances[0]?.root ?? "/srv/app",
  source: gitSource(git, repository),
  storage: central.block,
  transport: sshTo(fleet),
  inventory: { use: "@hawser/inventory-static", with: { file: "./instances.json" } },
  loadBalancer: {
    use: "@hawser/lb-haproxy",
    with: { socket: haproxy.socketPath, backend: haproxy.backend },
  },
  installer: checkedInstaller,
});

/** One instance as `instances.json` lists it. */
export const listed = ({ id, address, port, roles }: FleetInstance): object => ({ id, address, port, roles });

/** Changes options of the installer; what is not named stays. */
export const installerWith =
  (options: Readonly<Record<string, unknown>>) =>
  (config: HawserConfig): HawserConfig => ({
    ...config,
    installer: {
      use: config.installer?.use ?? "@hawser/installer-script",
      with: { ...(config.installer?.with as object), ...options },
    },
  });
