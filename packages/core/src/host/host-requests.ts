import type { Readable } from "node:stream";
import type { FormName } from "../artifact/form-name.ts";
import type { PathOwnership } from "../contracts/installer.ts";
import type { Secret } from "../contracts/secret.ts";
import type { Trust } from "../signing/trust.ts";

/** A form of an artifact, as it is stored, or the canonical tar itself. */
export type ArchiveForm = FormName | "tar";

/** An archive whose bytes go along in the request. */
export interface SentArchive {
  readonly form: ArchiveForm;
  readonly sizeBytes: number;
  open(): Readable;
}

/** An archive that the instance fetches itself: a way that fails is `HWS_HOST_FETCH`. */
export interface FetchedArchive {
  readonly form: ArchiveForm;
  readonly sizeBytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly from: FetchPlace;
}

export interface FetchPlace {
  /** Whoever has it reads the archive. */
  readonly url: Secret;
  /** Certificates in PEM, when the server's authority is not one that everybody knows. */
  readonly ca?: string;
  /** How long the instance may try. */
  readonly limitMs: number;
}

/** The manifest, or what makes it of the base's; `sealed` is the whole one as it is stored, which the instance opens. */
export type StageManifest =
  | { readonly form: "full" | "delta"; readonly gzip: Uint8Array }
  | { readonly form: "sealed"; readonly age: Uint8Array };

export const manifestBody = (manifest: StageManifest): Uint8Array =>
  manifest.form === "sealed" ? manifest.age : manifest.gzip;

/** Whether the session may run commands as a user, or give a path to him. */
export interface HostUserQuestion {
  readonly user: string;
  /** With `path`, which is in the release: whether it may be given to the user. */
  readonly kind?: "shared" | "writable";
  readonly path?: string;
}

export interface SurveyRequest {
  readonly application: string;
  readonly environment: string;
  /** Default: nothing is asked. */
  readonly users?: readonly HostUserQuestion[];
}

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
  readonly manifest: StageManifest;
  readonly archive: SentArchive | FetchedArchive;
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
  /** Whose shared and writable paths are. Default: of none it is said. */
  readonly ownership?: readonly PathOwnership[];
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
  /** A release id that the body contains too, with no digit beside it. */
  readonly release?: string;
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
