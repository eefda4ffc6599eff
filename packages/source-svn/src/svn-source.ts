import {
  type Change,
  type FetchingSource,
  HawserError,
  type OperationContext,
  type PluginContext,
  type Problem,
  type Revision,
} from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { withMirror } from "./mirror.ts";
import type { SvnSourceOptions } from "./options.ts";
import { checkSubdirectory, type Project, projectOf } from "./project.ts";
import { type Place, parseRef } from "./ref.ts";
import { folderDigest, idOf, parseId } from "./revision-id.ts";
import { accessTo, checkAccess, type ServerAccess } from "./server-access.ts";
import { type LogEntry, type NodeInfo, readInfo, readLog } from "./svn-answers.ts";
import { checkSvnVersion, type Programs, runSvn } from "./svn-command.ts";
import { isMissingFailure } from "./svn-failure.ts";
import { below, hrefOf, parseSvnUrl, type SvnUrl } from "./svn-url.ts";
import { exportTree } from "./tree-export.ts";

/** Longer than svn itself waits for a silent server, which it then tells better. */
const defaultSilenceMs = 180_000;

/** The most changes that are listed. */
const mostChanges = 200;

/** A Subversion repository. A working copy in the cache makes a second fetch cost only what changed. */
export class SvnSource implements FetchingSource {
  readonly #options: SvnSourceOptions;
  readonly #programs: Programs;
  readonly #url: SvnUrl;
  readonly #project: Project;
  readonly #subdirectory: string;

  constructor(
    options: SvnSourceOptions,
    { spawn, cacheDirectory }: PluginContext,
    silenceMs: number = defaultSilenceMs,
  ) {
    this.#options = options;
    this.#programs = { spawn, cacheDirectory, silenceMs };
    this.#url = parseSvnUrl(options.url);
    this.#project = projectOf(this.#url);
    this.#subdirectory = checkSubdirectory(options.subdirectory);
    checkAccess(options, this.#url);
    if (options.revision !== undefined) parseRef(options.revision, this.#project.home);
  }

  async resolve(request: { readonly ref?: string }, context: OperationContext): Promise<Revision> {
    const { home } = this.#project;
    const ref = request.ref ?? this.#options.revision;
    const place: Place = ref === undefined ? { path: home } : parseRef(ref, home);
    context.signal.throwIfAborted();
    const url = this.#folder(place.path);
    const server = await accessTo(this.#options, url);
    const label = ref ?? (home === "" ? "HEAD" : home);
    const info = await this.#look(server, place, context).catch((error: unknown) => {
      throw isMissingFailure(error) ? errors.HWS_SOURCE_REF_NOT_FOUND([label, hrefOf(url)]) : error;
    });
    const last = await this.#lastChange(server, info.number, context);
    const digest = folderDigest(info.uuid, info.pathFromRoot);
    const { number = info.number, ...told } = last ?? {};
    const id = idOf({ number, path: place.path, digest });
    return { id, exact: true, label, url: hrefOf(url), ...told };
  }

  async fetch(
    { revision, directory }: { readonly revision: Revision; readonly directory: string },
    context: OperationContext,
  ): Promise<void> {
    context.signal.throwIfAborted();
    const { number, path, digest } = parseId(revision.id);
    const url = this.#folder(path);
    const server = await accessTo(this.#options, url);
    const moved = (): HawserError => errors.HWS_SOURCE_MOVED([revision.id, hrefOf(url)]);
    const request = { project: this.#project.url, url, number, server };
    await withMirror(this.#programs, request, context, async (mirror) => {
      if (folderDigest(mirror.info.uuid, mirror.info.pathFromRoot) !== digest) throw moved();
      await exportTree(this.#programs, mirror, directory, context);
    }).catch((error: unknown) => {
      throw isMissingFailure(error) ? moved() : error;
    });
  }

  /** The changes in the history of `to`, through all copies, that are newer than the number of `from`. */
  async changes(
    request: { readonly from: string; readonly to: string },
    context: OperationContext,
  ): Promise<readonly Change[]> {
    const [from, to] = [parseId(request.from), parseId(request.to)];
    if (from.number >= to.number) return [];
    const url = this.#folder(to.path);
    const server = await accessTo(this.#options, url);
    const entries = await this.#log(
      server,
      { newest: to.number, oldest: from.number + 1, limit: mostChanges },
      context,
    ).catch((error: unknown) => {
      throw isMissingFailure(error) ? errors.HWS_SOURCE_MOVED([request.to, hrefOf(url)]) : error;
    });
    return entries.map(({ number, ...told }) => ({ id: idOf({ ...to, number }), ...told }));
  }

  /** Whether svn is there and new enough, and whether the server lets these credentials in. */
  async check(context: OperationContext): Promise<readonly Problem[]> {
    try {
      await checkSvnVersion(this.#programs, context);
      await this.resolve({}, context);
    } catch (error) {
      if (!HawserError.is(error)) throw error;
      return [problem(error, "error")];
    }
    return this.#options.password !== undefined && this.#url.protocol === "http"
      ? [problem(errors.HWS_SVN_CLEARTEXT([hrefOf(this.#url)]), "warning")]
      : [];
  }

  #folder(path: string): SvnUrl {
    return below(this.#project.url, path, this.#subdirectory);
  }

  async #look(server: ServerAccess, { number }: Place, context: OperationContext): Promise<NodeInfo> {
    const target = `${hrefOf(server.url)}@${number ?? "HEAD"}`;
    const request = { command: "info", argv: ["--xml", "--", target], server };
    const info = readInfo(await runSvn(this.#programs, request, context), server.url);
    if (info.kind === "file") throw errors.HWS_SVN_NOT_A_FOLDER([hrefOf(server.url)]);
    return info;
  }

  /**
   * The last change of a folder up to a number. Not the "last changed" number of `svn info`: of a folder inside a copied
   * one that is a number at which the folder was still elsewhere.
   */
  async #lastChange(
    server: ServerAccess,
    number: number,
    context: OperationContext,
  ): Promise<LogEntry | undefined> {
    const [last] = await this.#log(server, { newest: number, oldest: 0, limit: 1 }, context);
    return last;
  }

  async #log(
    server: ServerAccess,
    { newest, oldest, limit }: { readonly newest: number; readonly oldest: number; readonly limit: number },
    context: OperationContext,
  ): Promise<readonly LogEntry[]> {
    const argv = ["--xml", "--limit", String(limit), "--revision", `${newest}:${oldest}`];
    const target = `${hrefOf(server.url)}@${newest}`;
    const request = { command: "log", argv: [...argv, "--", target], server };
    return readLog(await runSvn(this.#programs, request, context));
  }
}

const problem = ({ code, message, hint }: HawserError, severity: Problem["severity"]): Problem => ({
  code,
  message,
  ...(hint !== undefined && { hint }),
  where: "source",
  severity,
});
