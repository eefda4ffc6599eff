import { dirname, resolve } from "node:path";
import {
  type ConfigDescription,
  checkPlugin,
  configSchema,
  createEngine,
  describeConfig,
  type Engine,
  findConfig,
  inspectConfig,
  type LoadedConfig,
  type Logger,
  loadConfig,
  type Problem,
  readConfigFile,
} from "@hawser/core";

/** Where to look for a config, and which of its environments is meant. */
export interface ProjectRequest {
  readonly cwd: string;
  /** Default: the config of `cwd`. */
  readonly file?: string;
  /** Default: the only environment, or the top level when none is defined. */
  readonly environment?: string;
}

/** A config file that was read and found valid for one environment. */
export interface Project {
  readonly file: string;
  /** As it was written; the engine makes its own of it. */
  readonly config: unknown;
  readonly application: string;
  /** Empty for the top level. */
  readonly environment: string;
  /** Whether a person has to type the environment's name first. */
  readonly confirm: boolean;
}

/** A config file that was read; whether it is valid is not known yet. */
export type ConfigFile = Pick<Project, "file" | "config">;

/** What the command line uses of the engine package, loaded only by verbs that need it. */
export interface Core {
  project(request: ProjectRequest): Promise<Project>;
  /** The config file, for all of its environments. */
  configFile(request: ProjectRequest): Promise<ConfigFile>;
  /** `logger` is told what shows itself beside the events, and behind a run's last word. */
  engine(project: ConfigFile, logger: Logger): Promise<Engine>;
  /** Everything that is wrong with a config, offline. */
  validate(request: ProjectRequest): Promise<readonly Problem[]>;
  /** The merged config with the origin of each value, secrets by name only. */
  describe(request: ProjectRequest): Promise<ConfigDescription>;
  /** The JSON schema of a config file with the options of the plugins that this one uses. */
  schema(request: ProjectRequest): Promise<object>;
  checkPlugin(specifier: string, cwd: string): Promise<readonly Problem[]>;
}

/** Loads TypeScript; most configs are YAML and never need its compiler. */
const loadModule = async (file: string): Promise<unknown> => {
  const { createJiti } = await import("jiti");
  return await createJiti(import.meta.url).import(file);
};

interface Read {
  readonly file: string;
  readonly config: unknown;
  readonly baseDirectory: string;
  readonly environment?: string;
  readonly loadModule: typeof loadModule;
}

const read = async ({ cwd, file: asked, environment }: ProjectRequest): Promise<Read> => {
  const file = asked === undefined ? findConfig(cwd) : resolve(cwd, asked);
  const config = await readConfigFile(file, { loadModule });
  return {
    file,
    config,
    baseDirectory: dirname(file),
    loadModule,
    ...(environment !== undefined && { environment }),
  };
};

const inspect = async (request: ProjectRequest): Promise<LoadedConfig> => inspectConfig(await read(request));

const project = async (request: ProjectRequest): Promise<Project> => {
  const found = await read(request);
  const { application, environment, confirm } = await loadConfig(found);
  return { file: found.file, config: found.config, application, environment, confirm };
};

const configFile = async (request: ProjectRequest): Promise<ConfigFile> => {
  const { file, config } = await read(request);
  return { file, config };
};

const describe = async (request: ProjectRequest): Promise<ConfigDescription> => {
  const found = await read(request);
  const config = await loadConfig(found);
  return describeConfig(config, await inspectConfig(found));
};

const schema = async (request: ProjectRequest): Promise<object> => {
  const { wiring } = await inspect(request);
  return configSchema([...new Set(wiring.slots.map(({ wired }) => wired.plugin))]);
};

export const core: Core = {
  project,
  configFile,
  engine: ({ config, file }, logger) =>
    createEngine(config, { file, baseDirectory: dirname(file), loadModule, logger }),
  validate: async (request) => (await inspect(request)).problems,
  describe,
  schema,
  checkPlugin: (specifier, cwd) => checkPlugin(specifier, cwd, { loadModule }),
};
