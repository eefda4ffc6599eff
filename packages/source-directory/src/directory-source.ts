import { realpath, stat } from "node:fs/promises";
import { basename } from "node:path";
import type { FetchingSource, OperationContext, Problem, Revision } from "@hawser/core/plugin";
import { exclusion, HawserError } from "@hawser/core/plugin";
import { copyListing } from "./copy.ts";
import { errors } from "./errors.ts";
import { type ListedPath, listDirectory, listingId } from "./listing.ts";
import type { DirectorySourceOptions } from "./options.ts";

const refGrammar = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/+@-]{0,254}$/;

/** A directory of the deployer, as it is now. Its revisions are inexact: a listing names it, not its bytes. */
export class DirectorySource implements FetchingSource {
  readonly #path: string;
  readonly #excluded: (path: string) => boolean;

  constructor(options: DirectorySourceOptions) {
    this.#path = options.path;
    this.#excluded = exclusion(options.exclude ?? [], (pattern) => errors.HWS_DIRECTORY_PATTERN([pattern]));
  }

  async resolve({ ref }: { readonly ref?: string }, context: OperationContext): Promise<Revision> {
    if (ref !== undefined && !refGrammar.test(ref)) throw errors.HWS_SOURCE_REF_INVALID([ref]);
    if (ref !== undefined) throw errors.HWS_SOURCE_REF_NOT_FOUND([ref, this.#path]);
    const listing = await this.#list(await this.#root(), context);
    return { id: listingId(listing), exact: false, label: basename(this.#path), url: `file://${this.#path}` };
  }

  /** The directory is listed before and after the copy; both listings must be the revision's. */
  async fetch(
    { revision, directory }: { readonly revision: Revision; readonly directory: string },
    context: OperationContext,
  ): Promise<void> {
    const root = await this.#root();
    const listing = await this.#list(root, context);
    this.#expect(listing, revision);
    await copyListing(listing, { from: root, to: directory }, context).catch((error: unknown) => {
      context.signal.throwIfAborted();
      throw this.#copyFailure(error);
    });
    this.#expect(await this.#list(root, context), revision);
  }

  async check(): Promise<readonly Problem[]> {
    try {
      await this.#root();
      return [];
    } catch (error) {
      const { code, message, hint } = error as HawserError;
      return [{ code, message, ...(hint !== undefined && { hint }), where: "source", severity: "error" }];
    }
  }

  async #root(): Promise<string> {
    const root = await realpath(this.#path).catch((cause) => {
      throw errors.HWS_DIRECTORY_NOT_FOUND([this.#path], { cause });
    });
    if (!(await stat(root)).isDirectory()) throw errors.HWS_DIRECTORY_NOT_FOUND([this.#path]);
    return root;
  }

  async #list(root: string, context: OperationContext): Promise<readonly ListedPath[]> {
    return await listDirectory(root, this.#excluded, context.signal);
  }

  #expect(listing: readonly ListedPath[], revision: Revision): void {
    if (listingId(listing) !== revision.id) throw errors.HWS_SOURCE_MOVED([this.#path]);
  }

  #copyFailure(error: unknown): unknown {
    const { code, path } = error as NodeJS.ErrnoException;
    if (HawserError.is(error) || path?.startsWith(this.#path) !== true) return error;
    if (code === "ENOENT") return errors.HWS_SOURCE_MOVED([this.#path], { cause: error });
    if (code === "EACCES") return errors.HWS_DIRECTORY_UNREADABLE([path, code], { cause: error });
    return error;
  }
}
