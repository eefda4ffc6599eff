import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HawserConfig } from "@hawser/core";
import {
  type Fleet,
  type FleetInstance,
  type FleetOptions,
  type HaproxySetup,
  startFleet,
  startGitSshServer,
  startHaproxy,
  startWebInstance,
} from "@hawser/testkit";
import { type Application, madeUp } from "./application.ts";
import { type BalancerState, balancerStates } from "./balancer.ts";
import { built } from "./built.ts";
import { type CentralStorage, type StoredObjects, startCentralStorage } from "./central-storage.ts";
import { Closers } from "./closers.ts";
import { configOf, listed, type Servers } from "./config.ts";
import { type HawserEnd, type HawserProcess, startHawser } from "./hawser-process.ts";
import { type Expected, faults } from "./invariants.ts";
import { repository as hawserRepository } from "./place.ts";
import { type Reader, startReader } from "./reader.ts";
import { currentIn } from "./release-on-disk.ts";
import { writeWhole } from "./whole-file.ts";

export interface StageOptions {
  /** Default 4. */
  readonly instances?: number;
  /** What is special about one of them; numbered from 1. */
  readonly each?: FleetOptions["each"];
  /** Makes the application's repository in a folder. Default: 40 files and 5 versions that are made up. */
  readonly application?: (directory: string) => Promise<Application>;
  /** Starts what serves an instance's current release at a port. Default: a web server of the suite's own at port 80. */
  readonly serving?: Serving;
  /** What is special about the load balancer. */
  readonly haproxy?: Omit<HaproxySetup, "servers">;
  /** Changes the config with which the stage opens. */
  readonly config?: (config: HawserConfig) => HawserConfig;
}

/** What answers requests on the instances of a stage. */
export interface Serving {
  readonly port: number;
  start(fleet: Fleet, id: string): Promise<AsyncDisposable>;
}

/**
 * Real servers around one application: a fleet of sshd with a web server each, HAProxy before them, a Git server that
 * is reached over SSH, a storage directory, and a config file for the built command line.
 */
export interface Stage extends Servers, AsyncDisposable {
  /** The folder of `hawser.yaml`. */
  readonly folder: string;
  /** The environment of the command line. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder of the storage, where it is a directory. */
  readonly storage: string;
  /** What lies in the storage, whatever its kind. */
  readonly objects: StoredObjects;
  /** Tags of the application, oldest first. */
  readonly refs: readonly string[];
  /** The address that clients ask. */
  readonly url: string;
  /** Runs the command line to its end. `--json` is added. */
  hawser(...argv: readonly string[]): Promise<HawserEnd>;
  /** As a person without a terminal runs it: plain lines. */
  plainly(...argv: readonly string[]): Promise<HawserEnd>;
  /** As `hawser`, started by another program. */
  hawserThrough(through: readonly string[], ...argv: readonly string[]): Promise<HawserEnd>;
  /** Starts it and goes on. `--json` is added. */
  start(...argv: readonly string[]): HawserProcess;
  /** Writes another config; `change` gets the one in force. */
  configure(change: (config: HawserConfig) => HawserConfig): Promise<void>;
  /** Writes who the instances are, in one rename. */
  list(instances: readonly FleetInstance[]): Promise<void>;
  /** The release that `current` of an instance names. */
  current(id: string): string | null;
  balancer(): Promise<Readonly<Record<string, BalancerState>>>;
  /** Starts what serves an instance again, after the instance was switched off. */
  serve(id: string): Promise<void>;
  reader(id: string): Promise<Reader>;
  /** Everything that is not as it must be, in sentences. */
  invariants(expected?: Expected): Promise<string[]>;
}

const webServer: Serving = { port: 80, start: startWebInstance };

const startServers = async (options: StageOptions, folder: string, closers: Closers) => {
  await mkdir(join(folder, "repositories"));
  const make = options.application ?? ((directory) => madeUp(directory, { versions: 5 }));
  const [application, fleet] = await Promise.all([
    make(join(folder, "repositories/shop.git")),
    startFleet({
      count: options.instances ?? 4,
      isolation: "namespaces",
      ...(options.each !== undefined && { each: options.each }),
    }).then((started) => closers.add(started)),
  ]);
  const git = closers.add(await startGitSshServer({ root: join(folder, "repositories") }));
  const { port, start } = options.serving ?? webServer;
  for (const { id } of fleet.instances) closers.add(await start(fleet, id));
  const servers = fleet.instances.map(({ id, address }) => ({ name: id, address, port }));
  const haproxy = closers.add(await startHaproxy({ ...options.haproxy, servers }));
  return { fleet, git, haproxy, application };
};

export const openStage = async (options: StageOptions = {}): Promise<Stage> => {
  const folder = await mkdtemp(join(tmpdir(), "hawser-stage-"));
  const closers = new Closers();
  closers.add({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) });
  try {
    const [{ application, ...servers }, central] = await Promise.all([
      startServers(options, folder, closers),
      startCentralStorage(join(folder, "storage")).then((started) => closers.add(started)),
      built(),
      symlink(join(hawserRepository, "node_modules"), join(folder, "node_modules")),
      mkdir(join(folder, "home")),
    ]);
    const stage = assemble(
      folder,
      { ...servers, repository: application.repository, central },
      application,
      options.serving ?? webServer,
      closers,
    );
    await stage.list(servers.fleet.instances);
    await stage.configure(options.config ?? ((config) => config));
    return stage;
  } catch (error) {
    await closers.close();
    throw error;
  }
};

const assemble = (
  folder: string,
  servers: Servers & { readonly central: CentralStorage },
  application: Application,
  serving: Serving,
  closers: Closers,
): Stage => {
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: join(folder, "home"),
    XDG_CACHE_HOME: join(folder, "cache"),
    ...servers.central.env,
  };
  let config = configOf(servers);
  const { fleet, haproxy } = servers;
  const start = (argv: readonly string[]): HawserProcess => startHawser({ cwd: folder, env, argv });
  const instance = (id: string): FleetInstance => {
    const found = fleet.instances.find((each) => each.id === id);
    if (found === undefined) throw new Error(`the fleet has no instance ${id}`);
    return found;
  };
  const stage: Stage = {
    ...servers,
    folder,
    env,
    storage: join(folder, "storage"),
    objects: servers.central.objects,
    refs: application.refs,
    url: `http://127.0.0.1:${haproxy.port}`,
    start: (...argv) => start([...argv, "--json"]),
    hawser: (...argv) => start([...argv, "--json"]).ended,
    hawserThrough: (through, ...argv) =>
      startHawser({ cwd: folder, env, argv: [...argv, "--json"], through }).ended,
    plainly: (...argv) => start(argv).ended,
    configure: async (change) => {
      config = change(config);
      // Every JSON document is a YAML document.
      await writeWhole(join(folder, "hawser.yaml"), `${JSON.stringify(config, null, 2)}\n`);
    },
    list: (instances) =>
      writeWhole(join(folder, "instances.json"), `${JSON.stringify(instances.map(listed))}\n`),
    current: (id) => currentIn(instance(id).folder),
    balancer: () => balancerStates(haproxy),
    serve: async (id) => void closers.add(await serving.start(fleet, id)),
    reader: (id) => startReader(fleet, id),
    invariants: (expected) => faults(stage, expected),
    [Symbol.asyncDispose]: () => closers.close(),
  };
  return stage;
};
