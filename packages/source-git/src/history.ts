import type { Change, OperationContext } from "@hawser/core/plugin";
import { commitFormat, readCommit } from "./commit.ts";
import { errors } from "./errors.ts";
import { fetchCommit, type MirrorPlace, objectType, readMirror, withMirror } from "./mirror.ts";

/** The most changes that are listed. */
const limit = 200;

/**
 * The commits after `from` up to `to`. They are fetched without trees, as deep as a list can show, into a mirror of
 * their own: the other one holds no history, and a commit without its tree would be taken for a whole one there.
 */
export const changesBetween = async (
  place: MirrorPlace,
  { from, to }: { readonly from: string; readonly to: string },
  context: OperationContext,
): Promise<readonly Change[]> =>
  await withMirror({ ...place, kind: "history", id: to }, context, async (mirror) => {
    const bring = async (id: string): Promise<void> => {
      const request = { id, depth: limit + 1, commitsOnly: true };
      if (await fetchCommit(mirror, request, context)) return;
      throw errors.HWS_SOURCE_MOVED([id, place.url.shown]);
    };
    await bring(to);
    // Most often it came along as a forebear.
    if ((await objectType(mirror, from, context)) === "missing") await bring(from);
    const argv = [
      "--topo-order",
      `--max-count=${limit}`,
      "--no-show-signature",
      "-z",
      `--format=${commitFormat}`,
    ];
    const text = await readMirror(
      mirror,
      "log",
      [...argv, "--end-of-options", to, `^${from}`, "--"],
      context,
    );
    return text
      .split("\0")
      .filter((line) => line !== "")
      .map(readCommit);
  });
