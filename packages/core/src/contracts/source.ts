import type { Readable } from "node:stream";
import type { OperationContext, Provider } from "./common.ts";

/** The immutable name of one state of a source. */
export interface Revision {
  /** Commit id, SVN number, digest, build number. Printable ASCII without spaces, at most 200 characters. */
  readonly id: string;
  /** True when the id can only ever name these bytes; an inexact revision is always fetched and known by its artifact. */
  readonly exact: boolean;
  /** What a person calls it: a branch, a tag, a file name. */
  readonly label?: string;
  /** Where it came from, without credentials. */
  readonly url?: string;
  readonly author?: string;
  /** The first line of its message. */
  readonly message?: string;
  /** When it was made, seconds since 1970. */
  readonly time?: number;
}

/** One change between two revisions. */
export interface Change {
  /** Commit id, SVN number, build number. */
  readonly id: string;
  /** Who made it. */
  readonly author?: string;
  /** The first line of its message. */
  readonly message: string;
  /** When it was made, seconds since 1970. */
  readonly time?: number;
}

export type ArchiveFormat = "tar" | "tar.gz" | "tar.zst" | "zip";

/** An archive from outside: read by core's rules for archives and packed again. */
export interface OpenedArchive {
  readonly stream: Readable;
  readonly format: ArchiveFormat;
  /** How many leading path components are dropped. Default 0. */
  readonly stripComponents?: number;
}

interface SourceBase extends Provider {
  /**
   * Names the state that `ref` (default: the option's) points to now.
   * - Resolving twice without a change of the source gives the same revision.
   * - A ref that does not exist is `HWS_SOURCE_REF_NOT_FOUND`.
   * - A ref that does not fit the grammar is `HWS_SOURCE_REF_INVALID`, before anything is spawned or sent.
   */
  resolve(request: { readonly ref?: string }, context: OperationContext): Promise<Revision>;
  /** The changes after `from` up to `to`, newest first, at most 200. */
  changes?(
    request: { readonly from: string; readonly to: string },
    context: OperationContext,
  ): Promise<readonly Change[]>;
}

/** A source that writes the tree itself. */
export interface FetchingSource extends SourceBase {
  /**
   * Writes the tree of exactly this revision into an empty directory that exists.
   * - Fetching the same revision twice gives the same tree.
   * - A source that moved since `resolve` is `HWS_SOURCE_MOVED`, never a mixture.
   * - Nothing of the protocol's own is left in the tree (no `.git`, no `.svn`).
   * - Nothing is written outside the directory and the plugin's cache.
   */
  fetch(
    request: { readonly revision: Revision; readonly directory: string },
    context: OperationContext,
  ): Promise<void>;
  /**
   * Brings a directory from the tree of one revision to that of another, writing only what differs. Who calls it has
   * made sure that the directory is as `fetch` or `update` left it.
   * - The directory then holds what `fetch` of `to` writes into an empty one.
   * - False when it cannot be done here, before anything was touched: then the tree has to be fetched.
   */
  update?(
    request: {
      readonly from: Revision;
      readonly to: Revision;
      readonly directory: string;
      /** Told of every path that was written or removed. What it was not told of is believed to be as it was. */
      touched?(path: string): void;
    },
    context: OperationContext,
  ): Promise<boolean>;
  open?: never;
}

/** A source that hands over an archive. */
export interface ArchiveSource extends SourceBase {
  /** Opens the archive of exactly this revision; the stream fails when it is cut short. */
  open(request: { readonly revision: Revision }, context: OperationContext): Promise<OpenedArchive>;
  fetch?: never;
  update?: never;
}

/** Where the application comes from. Only the deployer ever talks to it. */
export type Source = FetchingSource | ArchiveSource;
