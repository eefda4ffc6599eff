import type { ServerAccess } from "./server-access.ts";

/** One run of svn. */
export interface SvnRequest {
  /** The subcommand, for messages; the first word of the argv. */
  readonly command: string;
  /** Values stand behind `--`. */
  readonly argv: readonly string[];
  /** The working copy; absent for commands that need none. */
  readonly directory?: string;
  /** Absent for commands that talk to nobody. */
  readonly server?: ServerAccess;
}
