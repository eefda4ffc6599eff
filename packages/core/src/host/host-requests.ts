import type { Readable } from "node:stream";
import type { FormName } from "../artifact/form-name.ts";
import type { Secret } from "../contracts/secret.ts";
import type { Trust } from "../signing/trust.ts";

/** A form of an artifact, as it is stored, or the canonical tar itself. */
export type ArchiveForm = FormName | "tar";

export interface StageRequest {
  readonly epoch: number;
  readonly application: string;
  readonly environment: string;
  readonly release: string;
  readonly method: "full" | "recycle" | "clone";
  /** The release to recycle or clone. */
  readonly base?: string;
  /** Another release of the instance, out of which files are copied that neither base nor archive have. */
  readonly lender?: string;
  /** The release record's text. */
  readonly record: Uint8Array;
  readonly manifest: { readonly form: "full" | "delta"; readonly gzip: Uint8Array };
  readonly archive: {
    readonly form: ArchiveForm;
    readonly sizeBytes: number;
    open(): Readable;
  };
  /** In the archive's form with what this instance's base lacks. */
  readonly supplement?: Uint8Array;
  /** `none`: the plan does nothing in the release's directory, so that it is installed once it is staged. Default `follows`. */
  readonly install?: "follows" | "none";
}

export interface TrustRequest {
  readonly epoch: number;
  readonly application: string;
  readonly environment: string;
  /** Undefined takes the trust away: the instance believes what is unsigned again. */
  readonly trust: Pick<Trust, "signers" | "principal" | "revoked"> | undefined;
}

export interface LinkRequest {
  readonly epoch: number;
  readonly release: string;
  /** Paths in the release, as plain text; a trailing `/` says that it is a directory. */
  readonly shared: readonly string[];
  readonly writable: readonly string[];
  readonly generated: readonly string[];
}

export interface CommandRequest {
  readonly epoch: number;
  /** `[A-Za-z0-9._-]{1,180}`: one key is run once. */
  readonly key: string;
  /** For messages. */
  readonly name: string;
  /** What `sh -c` runs. */
  readonly script: string;
  /** `release:<id>` or `current`, with `/sub` after it or not. */
  readonly directory: string;
  readonly user?: string;
  readonly env: Readonly<Record<string, string | Secret>>;
  readonly timeoutMs: number;
  /** Default 1 MiB. */
  readonly outputLimitBytes?: number;
  /** Never starts it: one that has no record on the instance is `HWS_HOST_COMMAND_LOST`. */
  readonly attachOnly?: boolean;
}

export interface ActivateRequest {
  readonly epoch: number;
  readonly release: string;
  /** For `foreign`: the path that `current` shall point to. */
  readonly target?: string;
}

export interface CheckRequest {
  readonly http?: string;
  /** Default 200 to 399. */
  readonly status?: number;
  /** A text that the body contains. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string | Secret>>;
  readonly command?: string;
  /** Of the command, as in `CommandRequest`; default `current`. */
  readonly directory?: string;
  readonly user?: string;
  readonly env?: Readonly<Record<string, string | Secret>>;
  readonly timeoutMs: number;
  readonly stableMs: number;
  readonly intervalMs: number;
}
