import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HawserConfig } from "@hawser/core";
import { startGitSshServer } from "@hawser/testkit";
import { madeUp } from "../application.ts";
import { built } from "../built.ts";
import { Closers } from "../closers.ts";
import { application, checkedInstaller, gitSource, installerWith } from "../config.ts";
import { type HawserEnd, type HawserProcess, startHawser } from "../hawser-process.ts";
import { repository as hawserRepository } from "../place.ts";
import { writeWhole } from "../whole-file.ts";
import type { Ground, OpenGround, Sample } from "./ground.ts";

/** An application with versions `v1`, `v2`, … and its deployer, on some ground. */
export interface Project extends AsyncDisposable {
  readonly ground: Ground;
  /** The folder of `hawser.yaml`. */
  readonly folder: string;
  /** The revision of a version. */
  revision(tag: string): Promise<string>;
  /** Runs the command line to its end. `--json` is added. */
  hawser(...argv: readonly string[]): Promise<HawserEnd>;
  /** Starts it and goes on. `--json` is added. */
  start(...argv: readonly string[]): HawserProcess;
  /** Writes another config; `change` gets the one in force. */
  configure(change: (config: HawserConfig) => HawserConfig): Promise<void>;
  /** What is not as it must be when a release is the desired one and nothing is under way, in sentences. */
  faults(release: string | null | undefined): Promise<string[]>;
}

export interface ProjectOptions {
  readonly open: OpenGround;
  readonly versions: number;
  /** Machines at the start. Default 3. */
  readonly machines?: number;
}

/** A machine of the inventory must be in service with the release; who left it must get no request. */
const faultsOf = ({ id, balancer, lifecycle, ...sample }: Sample, release: string | null): string[] => {
  if (lifecycle === "gone" || lifecycle === "leaving")
    return balancer === "in" ? [`${id} is ${lifecycle} and still gets requests`] : [];
  return [
    ...(sample.release === release ? [] : [`${id} runs ${sample.release} and not ${release}`]),
    ...(balancer === "in" ? [] : [`${id} gets no requests`]),
    ...(lifecycle === "starting" ? [`the inventory was not told that ${id} is ready`] : []),
  ];
};

/** What every ground shares; its own blocks stand beside it. */
const configFor = (ground: Ground, source: NonNullable<HawserConfig["source"]>): HawserConfig => ({
  app: application,
  source,
  installer: checkedInstaller,
  rollout: { waves: [1, "50%", "100%"], maxUnavailable: "50%" },
  ...ground.blocks,
});

/** A machine with this file does not activate the revision; see `refuse`. */
const refusal = (revision: string): string => `refuses-${revision}`;
const refusing = `! test -e "$HAWSER_ROOT/shared/${refusal("$HAWSER_REVISION")}"`;

/** The file whose presence makes the activation of a revision fail on a machine. */
export const refusalOn = (ground: Ground, id: string, revision: string): string =>
  join(ground.folder(id), "shared", refusal(revision));

const openParts = async ({ open, versions }: ProjectOptions, folder: string, closers: Closers) => {
  await mkdir(join(folder, "repositories"));
  const [made, ground, git] = await Promise.all([
    madeUp(join(folder, "repositories/shop.git"), { versions }),
    open(folder).then((opened) => closers.add(opened)),
    startGitSshServer({ root: join(folder, "repositories") }).then((started) => closers.add(started)),
    built(),
    symlink(join(hawserRepository, "node_modules"), join(folder, "node_modules")),
    mkdir(join(folder, "home")),
  ]);
  return { repository: made.repository, ground, git };
};

export const openProject = async (options: ProjectOptions): Promise<Project> => {
  const folder = await mkdtemp(join(tmpdir(), "hawser-project-"));
  const closers = new Closers();
  closers.add({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) });
  try {
    const { repository, ground, git } = await openParts(options, folder, closers);
    let config = installerWith({ activate: [refusing] })(configFor(ground, gitSource(git, repository)));
    const env = {
      PATH: process.env.PATH ?? "",
      HOME: join(folder, "home"),
      XDG_CACHE_HOME: join(folder, "cache"),
      ...ground.env,
    };
    const start = (argv: readonly string[]): HawserProcess =>
      startHawser({ cwd: folder, env, argv: [...argv, "--json"] });
    const project: Project = {
      ground,
      folder,
      revision: async (tag) => (await repository.git("rev-parse", `${tag}^{commit}`)).trim(),
      hawser: (...argv) => start(argv).ended,
      start: (...argv) => start(argv),
      configure: async (change) => {
        config = change(config);
        await writeWhole(join(folder, "hawser.yaml"), `${JSON.stringify(config, null, 2)}\n`);
      },
      faults: async (release) =>
        (await ground.samples()).flatMap((sample) => faultsOf(sample, release ?? null)),
      [Symbol.asyncDispose]: () => closers.close(),
    };
    await project.configure((same) => same);
    for (let count = 0; count < (options.machines ?? 3); count++) await ground.grow();
    return project;
  } catch (error) {
    await closers.close();
    throw error;
  }
};
