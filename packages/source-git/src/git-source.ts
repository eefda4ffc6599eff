import { join } from "node:path";
import {
  type Change,
  type FetchingSource,
  HawserError,
  type OperationContext,
  type PluginContext,
  type Problem,
  type Revision,
} from "@hawser/core/plugin";
import { commitOf, commitsBeginningWith } from "./commit.ts";
import { errors } from "./errors.ts";
import { checkGitVersion, runGit } from "./git-command.ts";
import { type GitUrl, parseGitUrl } from "./git-url.ts";
import { changesBetween } from "./history.ts";
import { refuseLargeFilePointers } from "./large-files.ts";
import { fetchCommit, holdsCommit, type Mirror, objectType, withMirror } from "./mirror.ts";
import { trimMirror } from "./mirror-upkeep.ts";
import type { GitSourceOptions } from "./options.ts";
import { checkRef, isCommitId, isShortCommitId } from "./ref-name.ts";
import { findRef, nearNames, type RemoteRef, readRemoteRefs } from "./remote-refs.ts";
import { checkAccess, placeOf } from "./server-access.ts";
import { checkSubdirectory } from "./subdirectory.ts";
import { findSubmodules, type Submodule } from "./submodules.ts";
import { listTree, type TreeEntry } from "./tree-listing.ts";
import { updateTree } from "./tree-update.ts";
import { writeTree } from "./tree-writer.ts";

interface TreeRequest {
  readonly url: GitUrl;
  readonly id: string;
  readonly label?: string | undefined;
  readonly subdirectory?: string | undefined;
  readonly directory: string;
  /** How many repositories this one is inside of. */
  readonly depth: number;
}

/** Submodules inside submodules, at most. */
const deepest = 8;

/** A Git repository. Its mirror in the cache makes a second fetch cost only what changed. */
export class GitSource implements FetchingSource {
  readonly #options: GitSourceOptions;
  readonly #plugin: PluginContext;
  readonly #url: GitUrl;
  readonly #subdirectory: string | undefined;

  constructor(options: GitSourceOptions, plugin: PluginContext) {
    this.#options = options;
    this.#plugin = plugin;
    this.#url = parseGitUrl(options.url);
    this.#subdirectory = checkSubdirectory(options.subdirectory);
    checkAccess(options, this.#url);
    if (options.ref !== undefined) checkRef(options.ref);
  }

  /** Also brings the commit into the mirror: who made it is known then, and `fetch` need not ask the server. */
  async resolve(request: { readonly ref?: string }, context: OperationContext): Promise<Revision> {
    const ref = checkRef(request.ref ?? this.#options.ref ?? "HEAD");
    context.signal.throwIfAborted();
    const named = isCommitId(ref) ? ref : await this.#look(ref, context);
    return await withMirror({ ...(await this.#place(this.#url)), id: named }, context, async (mirror) => {
      const id = named ?? (await this.#wholeId(mirror, ref, context));
      if (!(await fetchCommit(mirror, { id, label: id === ref ? undefined : ref }, context))) {
        throw errors.HWS_SOURCE_REF_NOT_FOUND([ref, this.#url.shown, []]);
      }
      const commit = await commitOf(mirror, id, context);
      return { id, exact: true, label: ref, url: this.#url.shown, ...commit };
    });
  }

  async fetch(
    { revision, directory }: { readonly revision: Revision; readonly directory: string },
    context: OperationContext,
  ): Promise<void> {
    context.signal.throwIfAborted();
    if (!isCommitId(revision.id)) throw errors.HWS_SOURCE_REF_INVALID([revision.id]);
    const label = revision.label === undefined ? undefined : checkRef(revision.label);
    const subdirectory = this.#subdirectory;
    await this.#fetchTree(
      { url: this.#url, id: revision.id, label, subdirectory, directory, depth: 0 },
      context,
    );
  }

  async update(
    request: Parameters<NonNullable<FetchingSource["update"]>>[0],
    context: OperationContext,
  ): Promise<boolean> {
    const { from, to, directory, touched } = request;
    context.signal.throwIfAborted();
    for (const { id } of [from, to]) if (!isCommitId(id)) throw errors.HWS_SOURCE_REF_INVALID([id]);
    if (this.#options.submodules === true || from.id.length !== to.id.length) return false;
    const label = to.label === undefined ? undefined : checkRef(to.label);
    return await withMirror({ ...(await this.#place(this.#url)), id: to.id }, context, async (mirror) => {
      if (!(await holdsCommit(mirror, from.id, context))) return false;
      if (!(await fetchCommit(mirror, { id: to.id, label }, context)))
        throw errors.HWS_SOURCE_MOVED([to.id, this.#url.shown]);
      const subdirectory = this.#subdirectory;
      const before = await this.#treeOf(mirror, { id: from.id, subdirectory }, context);
      const after = await this.#treeOf(mirror, { id: to.id, subdirectory }, context);
      if ([...before.entries, ...after.entries].some(({ kind }) => kind === "submodule")) return false;
      const changed = await updateTree(mirror, { ...after, from: before.entries, directory }, context);
      for (const path of changed) touched?.(path);
      return true;
    });
  }

  async changes(
    { from, to }: { readonly from: string; readonly to: string },
    context: OperationContext,
  ): Promise<readonly Change[]> {
    for (const id of [from, to]) if (!isCommitId(id)) throw errors.HWS_SOURCE_REF_INVALID([id]);
    return await changesBetween(await this.#place(this.#url), { from, to }, context);
  }

  /** Whether git is there and new enough, and whether the server lets these credentials in. */
  async check(context: OperationContext): Promise<readonly Problem[]> {
    try {
      const { spawn, remote } = await this.#place(this.#url);
      await checkGitVersion(spawn, remote, context);
      await this.#remoteRefs("HEAD", context);
      return [];
    } catch (error) {
      if (!HawserError.is(error)) throw error;
      const { code, message, hint } = error;
      return [{ code, message, ...(hint !== undefined && { hint }), where: "source", severity: "error" }];
    }
  }

  async #fetchTree(request: TreeRequest, context: OperationContext): Promise<void> {
    const { url, id, label, directory, depth } = request;
    const submodules = await withMirror({ ...(await this.#place(url)), id }, context, async (mirror) => {
      if (!(await fetchCommit(mirror, { id, label }, context)))
        throw errors.HWS_SOURCE_MOVED([id, url.shown]);
      const found = await this.#writeCommit(mirror, request, context);
      await trimMirror(mirror, context);
      return found;
    });
    for (const { path, ...inner } of submodules) {
      if (depth >= deepest)
        throw errors.HWS_GIT_SUBMODULE([path, `more than ${deepest} repositories inside each other`]);
      await this.#fetchTree({ ...inner, directory: join(directory, path), depth: depth + 1 }, context);
    }
  }

  /** What a commit has for the application, after the rules for names and large files. */
  async #treeOf(
    mirror: Mirror,
    { id, subdirectory }: Pick<TreeRequest, "id" | "subdirectory">,
    context: OperationContext,
  ): Promise<{ readonly tree: string; readonly entries: readonly TreeEntry[] }> {
    const tree = subdirectory === undefined ? `${id}^{tree}` : `${id}:${subdirectory}`;
    if ((await objectType(mirror, tree, context)) !== "tree") {
      throw errors.HWS_GIT_SUBDIRECTORY([subdirectory ?? ".", id]);
    }
    const entries = await listTree(mirror, tree, context);
    await refuseLargeFilePointers(mirror, { id, subdirectory, entries }, context);
    return { tree, entries };
  }

  async #writeCommit(
    mirror: Mirror,
    { id, subdirectory, directory }: TreeRequest,
    context: OperationContext,
  ): Promise<readonly Submodule[]> {
    const { tree, entries } = await this.#treeOf(mirror, { id, subdirectory }, context);
    await writeTree(mirror, { tree, entries, directory }, context);
    if (this.#options.submodules === true)
      return await findSubmodules(mirror, { id, subdirectory, entries }, context);
    const left = entries.filter(({ kind }) => kind === "submodule").map(({ path }) => path);
    if (left.length > 0) context.logger.warn("submodules are left empty", { paths: left.slice(0, 20) });
    return [];
  }

  /** Asks the server what a branch or tag points to. Undefined when only a short commit id can be meant. */
  async #look(ref: string, context: OperationContext): Promise<string | undefined> {
    const refs = await this.#remoteRefs(ref, context);
    const found = findRef(refs, ref);
    if (found !== undefined || isShortCommitId(ref)) return found?.id;
    throw errors.HWS_SOURCE_REF_NOT_FOUND([ref, this.#url.shown, nearNames(refs, ref)]);
  }

  async #remoteRefs(ref: string, context: OperationContext): Promise<readonly RemoteRef[]> {
    const { spawn, remote } = await this.#place(this.#url);
    const exact = ref === "HEAD" || (ref.startsWith("refs/") && !/^refs\/(heads|tags)\//.test(ref));
    const { href } = this.#url;
    const argv = exact ? ["--", href, ref, `${ref}^{}`] : ["--heads", "--tags", "--", href];
    const text = await runGit(
      spawn,
      {
        command: "ls-remote",
        argv,
        environment: remote,
        remote: this.#url,
        maxOutputBytes: 64 * 1024 * 1024,
      },
      context,
    );
    return readRemoteRefs(text);
  }

  /** Only the mirror can tell what a short id stands for: no server answers that question. */
  async #wholeId(mirror: Mirror, ref: string, context: OperationContext): Promise<string> {
    const [id, ...others] = await commitsBeginningWith(mirror, ref, context);
    if (id === undefined) throw errors.HWS_SOURCE_REF_NOT_FOUND([ref, this.#url.shown, []]);
    if (others.length > 0) throw errors.HWS_GIT_REF_AMBIGUOUS([ref, [id, ...others]]);
    return id;
  }

  #place(url: GitUrl): ReturnType<typeof placeOf> {
    return placeOf(this.#plugin, this.#options, { own: this.#url, url });
  }
}
