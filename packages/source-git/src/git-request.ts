import type { GitEnvironment } from "./git-environment.ts";

/** One run of git. */
export interface GitRequest {
  /** The subcommand, for messages; the first word of the argv. */
  readonly command: string;
  readonly argv: readonly string[];
  readonly environment: GitEnvironment;
  /** The bare repository; absent for commands that need none. */
  readonly repository?: string;
  readonly workTree?: string;
  readonly indexFile?: string;
  readonly input?: string;
  /** What is at the other end, for messages. */
  readonly remote?: { readonly shown: string; readonly host?: string; readonly port?: number };
  /** Default 16 MiB. */
  readonly maxOutputBytes?: number;
}
