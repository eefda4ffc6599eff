import { createHash } from "node:crypto";
import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { HawserError, type OperationContext } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { withClaimedMirror } from "./mirror-claim.ts";
import { checkPristine } from "./pristine.ts";
import type { ServerAccess } from "./server-access.ts";
import { type NodeInfo, readInfo } from "./svn-answers.ts";
import { type Programs, runSvn, runSvnVersion } from "./svn-command.ts";
import { isLocalFailure } from "./svn-failure.ts";
import { hrefOf, type SvnUrl } from "./svn-url.ts";

export interface MirrorRequest {
  /** The project: its trunk, branches and tags share one mirror, for they are nearly the same. */
  readonly project: SvnUrl;
  /** The folder that is wanted. */
  readonly url: SvnUrl;
  readonly number: number;
  readonly server: ServerAccess;
}

/** A working copy of exactly one revision. */
export interface Mirror {
  readonly directory: string;
  readonly info: NodeInfo;
}

/**
 * Brings a working copy in the cache to one revision of one folder, which costs about what differs from the last one,
 * and works on it. One that turns out to be damaged is thrown away, and all is done once more on a new one.
 */
export const withMirror = async <T>(
  programs: Programs,
  request: MirrorRequest,
  context: OperationContext,
  work: (mirror: Mirror) => Promise<T>,
): Promise<T> => {
  const key = `${request.server.argv.join(" ")} ${hrefOf(request.project)}`;
  const name = createHash("sha256").update(key).digest("hex").slice(0, 32);
  return await withClaimedMirror(join(programs.cacheDirectory, `mirror-${name}`), async (claimed) => {
    const directory = join(claimed, "copy");
    const once = async (): Promise<T> =>
      await work({ directory, info: await bring(programs, directory, request, context) });
    const kept = await exists(directory);
    try {
      return await once();
    } catch (error) {
      if (!kept || !isOfTheMirror(error) || context.signal.aborted) throw error;
      const { message, output } = error as HawserError;
      context.logger.warn("the working copy in the cache could not be used and is made anew", {
        url: hrefOf(request.url),
        why: message,
        output,
      });
      await rm(directory, { recursive: true, force: true });
      return await once();
    }
  });
};

/** Also what was hidden once: svn keeps its mark after a switch to a folder that has no such thing. */
const isOfTheMirror = (error: unknown): boolean =>
  isLocalFailure(error) || HawserError.is(error, "HWS_SVN_UNREADABLE");

const exists = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined)) !== undefined;

const bring = async (
  programs: Programs,
  directory: string,
  { url, number, server }: MirrorRequest,
  context: OperationContext,
): Promise<NodeInfo> => {
  const target = `${hrefOf(url)}@${number}`;
  const options = ["--quiet", "--ignore-externals", "--revision", String(number)];
  if (await exists(join(directory, ".svn"))) {
    // Takes away the locks of an svn that was killed, finishes what it began, and lets go of what no file needs.
    await runSvn(programs, { command: "cleanup", argv: [], directory }, context);
    const argv = [...options, "--ignore-ancestry", "--accept", "theirs-full", "--", target, "."];
    await runSvn(programs, { command: "switch", argv, directory, server }, context);
  } else {
    await mkdir(directory, { recursive: true });
    await runSvn(
      programs,
      { command: "checkout", argv: [...options, "--", target, "."], directory, server },
      context,
    );
  }
  await checkWhole(programs, directory, { url, number }, context);
  await checkPristine(directory, context.signal);
  const said = await runSvn(programs, { command: "info", argv: ["--xml", "--", "."], directory }, context);
  return readInfo(said, url);
};

/** svnversion gives `5` for a copy that is whole; `4:5` when a part is older, with `P` when one was left out. */
const checkWhole = async (
  programs: Programs,
  directory: string,
  { url, number }: Pick<MirrorRequest, "url" | "number">,
  context: OperationContext,
): Promise<void> => {
  const said = (await runSvnVersion(programs, directory, context)).trim();
  // M: a file was touched in the cache. What is exported are the bytes as they were received.
  if (said === String(number) || said === `${number}M`) return;
  if (/^\d+M?P$/.test(said)) throw errors.HWS_SVN_UNREADABLE([hrefOf(url)]);
  throw errors.HWS_SVN_FAILED(["switch", `left a copy of ${said.slice(0, 40)} in place of ${number}`]);
};
