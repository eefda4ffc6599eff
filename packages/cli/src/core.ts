import type { Engine, HawserConfig } from "@hawser/core";

/** A config file that was found and read. */
export interface Project {
  readonly file: string;
  readonly baseDirectory: string;
  /** After `extends`, before references. */
  readonly config: HawserConfig;
}

/** What the command line uses of the engine package, loaded only by verbs that need it. */
export interface Core {
  /** Reads the given file, or the one found from a folder upwards. */
  project(request: { readonly cwd: string; readonly file?: string }): Promise<Project>;
  engine(project: Project): Promise<Engine>;
}
