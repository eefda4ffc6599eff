import type { Engine } from "@hawser/core";

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

/** What the command line uses of the engine package, loaded only by verbs that need it. */
export interface Core {
  project(request: ProjectRequest): Promise<Project>;
  engine(project: Project): Promise<Engine>;
}
