import { createHash } from "node:crypto";
import { errors } from "./errors.ts";
import { linkLeaves } from "./link-target.ts";

/** One path of a tree, relative and with `/`. */
export interface ListedPath {
  readonly path: string;
  readonly kind: "file" | "executable" | "directory" | "link";
  /** Bytes of a file, else 0. */
  readonly sizeBytes: number;
  /** Whole seconds since 1970 of a file, else 0. */
  readonly modified: number;
  /** Where a link points, as the server has it. */
  readonly target: string;
}

/** Refuses what may not be in a tree, whether the server lists it or it has come from there. */
export const checkListing = (listing: readonly ListedPath[]): void => {
  for (const { path, target } of listing) {
    checkName(path);
    checkText(target);
  }
  const links = new Map(
    listing.filter(({ kind }) => kind === "link").map((each) => [each.path, each.target]),
  );
  for (const [path, target] of links) {
    if (linkLeaves(links, path)) throw errors.HWS_RSYNC_LINK([path, target]);
  }
};

const checkText = (text: string): void => {
  if (text.includes("\ufffd")) throw errors.HWS_RSYNC_NAME([text, "it is not UTF-8"]);
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text))
    throw errors.HWS_RSYNC_NAME([text, "it has a control character"]);
};

const checkName = (path: string): void => {
  checkText(path);
  if (path.split("/").some((part) => part === "" || part === "." || part === ".."))
    throw errors.HWS_RSYNC_NAME([path, "it leaves the tree"]);
};

export const totalBytes = (listing: readonly ListedPath[]): number =>
  listing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

/** One name for a listing: it changes whenever a path, a type, a size, a time or a link's target does. */
export const listingId = (listing: readonly ListedPath[]): string => {
  const lines = listing.map(({ path, kind, sizeBytes, modified, target }) =>
    JSON.stringify([path, kind, sizeBytes, modified, target]),
  );
  return `listing-${createHash("sha256").update(lines.sort().join("\n")).digest("hex")}`;
};
