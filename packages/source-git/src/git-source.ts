import type { FetchingSource, OperationContext, PluginContext, Revision } from "@hawser/core/plugin";
import { commitOf, commitsBeginningWith } from "./commit.ts";
import { errors } from "./errors.ts";
import { runGit } from "./git-command.ts";
import { remoteEnvironment } from "./git-environment.ts";
import { type GitUrl, parseGitUrl } from "./git-url.ts";
import { fetchCommit, type Mirror, type MirrorPlace, objectType, withMirror } from "./mirror.ts";
import type { GitSourceOptions } from "./options.ts";
import { checkRef, isCommitId, isShortCommitId } from "./ref-name.ts";
import { findRef, nearNames, type RemoteRef, readRemoteRefs } from "./remote-refs.ts";
import { checkSubdirectory } from "./subdirectory.ts";
import { listTree } from "./tree-listing.ts";
import { writeTree } from "./tree-writer.ts";

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
    if (options.ref !== undefined) checkRef(options.ref);
  }

  /** Also brings the commit into the mirror: who made it is known then, and `fetch` need not ask the server. */
  async resolve(request: { readonly ref?: string }, context: OperationContext): Promise<Revision> {
    const ref = checkRef(request.ref ?? this.#options.ref ?? "HEAD");
    const found = isCommitId(ref) ? { id: ref, label: ref } : await this.#look(ref, context);
    return await withMirror(await this.#place(), context, async (mirror) => {
      const id = found?.id ?? (await this.#shortId(mirror, ref, context));
      const label = found?.label ?? ref;
      if (!(await fetchCommit(mirror, { id, ...(id !== label && { label }) }, context))) {
        throw errors.HWS_SOURCE_REF_NOT_FOUND([ref, this.#url.shown, []]);
      }
      const commit = await commitOf(mirror, id, context);
      return { id, exact: true, label, url: this.#url.shown, ...commit };
    });
  }

  async fetch(
    { revision, directory }: { readonly revision: Revision; readonly directory: string },
    context: OperationContext,
  ): Promise<void> {
    if (!isCommitId(revision.id)) throw errors.HWS_SOURCE_REF_INVALID([revision.id]);
    const label = revision.label === undefined ? undefined : checkRef(revision.label);
    await withMirror(await this.#place(), context, async (mirror) => {
      if (!(await fetchCommit(mirror, { id: revision.id, label }, context))) {
        throw errors.HWS_SOURCE_MOVED([revision.id, this.#url.shown]);
      }
      await this.#write(mirror, revision.id, directory, context);
    });
  }

  async #write(mirror: Mirror, id: string, directory: string, context: OperationContext): Promise<void> {
    const tree = this.#subdirectory === undefined ? `${id}^{tree}` : `${id}:${this.#subdirectory}`;
    if ((await objectType(mirror, tree, context)) !== "tree") {
      throw errors.HWS_GIT_SUBDIRECTORY([this.#subdirectory ?? ".", id]);
    }
    const entries = await listTree(mirror, tree, context);
    await writeTree(mirror, { tree, entries, directory }, context);
  }

  /** Asks the server what a branch or tag points to. Undefined when only a short commit id can be meant. */
  async #look(ref: string, context: OperationContext): Promise<{ id: string; label: string } | undefined> {
    const refs = await this.#remoteRefs(ref, context);
    const found = findRef(refs, ref);
    if (found !== undefined) return { id: found.id, label: ref };
    if (isShortCommitId(ref)) return undefined;
    throw errors.HWS_SOURCE_REF_NOT_FOUND([ref, this.#url.shown, nearNames(refs, ref)]);
  }

  async #remoteRefs(ref: string, context: OperationContext): Promise<readonly RemoteRef[]> {
    const place = await this.#place();
    const named = ref === "HEAD" || (ref.startsWith("refs/") && !/^refs\/(heads|tags)\//.test(ref));
    const argv = named
      ? ["--", this.#url.href, ref, `${ref}^{}`]
      : ["--heads", "--tags", "--", this.#url.href];
    const text = await runGit(
      place.spawn,
      {
        command: "ls-remote",
        argv,
        environment: place.remote,
        remote: this.#url,
        maxOutputBytes: 64 * 1024 * 1024,
      },
      context,
    );
    return readRemoteRefs(text);
  }

  /** Only the mirror can tell what a short id stands for: no server answers that question. */
  async #shortId(mirror: Mirror, ref: string, context: OperationContext): Promise<string> {
    const ids = await commitsBeginningWith(mirror, ref, context);
    if (ids.length > 1) throw errors.HWS_GIT_REF_AMBIGUOUS([ref, ids]);
    const [id] = ids;
    if (id === undefined) throw errors.HWS_SOURCE_REF_NOT_FOUND([ref, this.#url.shown, []]);
    return id;
  }

  async #place(): Promise<MirrorPlace> {
    const { cacheDirectory, spawn } = this.#plugin;
    return {
      cacheDirectory,
      url: this.#url,
      spawn: spawn.bind(this.#plugin),
      remote: await remoteEnvironment(this.#options, this.#url, cacheDirectory),
      kind: "trees",
    };
  }
}
