import type { Secret } from "./secret.ts";

/** Where a plugin writes what a person may want to read. Values are redacted at the one sink of the engine. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** How far a long operation has come. `total` is absent while it is unknown. */
export interface Progress {
  readonly bytes: number;
  readonly total?: number;
}

/** Given to every method of a seam. The engine has already put retry, time limit and tracing around the method. */
export interface OperationContext {
  /** Aborted when the caller gives up. A method must stop soon and leave nothing half-made behind. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  progress(progress: Progress): void;
  /**
   * Proves that the run still holds its lock. To be awaited directly before each change of what has no fencing of its
   * own (a load balancer): the process may have slept since the call began. Absent: there is nothing to prove.
   */
  confirm?(): Promise<void>;
}

/** What a spawned program gave. Output is cut at `maxOutputBytes`, never silently: `truncated` says so. */
export interface SpawnResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

export interface SpawnOptions {
  readonly cwd?: string;
  /** Added to the fixed environment (PATH, LANG=C.UTF-8, an empty HOME): nothing else is inherited. */
  readonly env?: Readonly<Record<string, string | Secret>>;
  /** Written to standard input, which is closed afterwards. */
  readonly input?: string | Uint8Array | Secret;
  readonly signal?: AbortSignal;
  /** Default 10 minutes; the whole process group is killed at the limit. */
  readonly timeoutMs?: number;
  /** Default 1 MiB for each stream. */
  readonly maxOutputBytes?: number;
  /** Standard error as it comes, also what is cut from the result: programs say there how far they are. */
  onStderr?(chunk: Uint8Array): void;
}

/** Something that will make a run fail, found before anything is changed. */
export interface Problem {
  /** A catalogued code, `HWS_<AREA>_<CONDITION>`. */
  readonly code: string;
  /** What it is, in one line. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** What has the problem: an instance, a path of the config, a plugin. */
  readonly where?: string;
  /** A warning does not stop a run. */
  readonly severity: "error" | "warning";
}

/** Every kind of provider may gather problems and may hold resources. */
export interface Provider {
  /** Gathers every problem it can see without changing anything; never throws for a problem it found. */
  check?(context: OperationContext): Promise<readonly Problem[]>;
  /** Frees what the provider holds. May be called twice, and after a failed start. */
  [Symbol.asyncDispose]?(): Promise<void>;
}
