import { errors } from "./errors.ts";
import { isCommitId, isRef } from "./ref-name.ts";

/** One ref of the server. A tag's `id` is that of the commit it names, not of the tag object. */
export interface RemoteRef {
  readonly name: string;
  readonly id: string;
}

/** Reads the output of `ls-remote`: a line `NAME^{}` is the commit that the annotated tag NAME names. */
export const readRemoteRefs = (text: string): readonly RemoteRef[] => {
  const refs = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [id = "", name = ""] = line.split("\t");
    if (!isCommitId(id)) continue;
    refs.set(name.endsWith("^{}") ? name.slice(0, -3) : name, id);
  }
  return [...refs].map(([name, id]) => ({ name, id }));
};

/** Finds the branch or tag that a ref names. A branch and a tag of the same name are refused. */
export const findRef = (refs: readonly RemoteRef[], ref: string): RemoteRef | undefined => {
  if (ref === "HEAD" || ref.startsWith("refs/")) return refs.find(({ name }) => name === ref);
  const found = refs.filter(({ name }) => name === `refs/heads/${ref}` || name === `refs/tags/${ref}`);
  if (found.length > 1) throw errors.HWS_GIT_REF_AMBIGUOUS([ref, found.map(({ name }) => name)]);
  return found[0];
};

/** The branches and tags whose names are nearest to one that does not exist. */
export const nearNames = (refs: readonly RemoteRef[], ref: string): readonly string[] =>
  refs
    .map(({ name }) => /^refs\/(?:heads|tags)\/(.+)$/.exec(name)?.[1])
    // A server's names are hostile too: only what the grammar accepts is shown.
    .filter((name): name is string => name !== undefined && name.length <= 100 && isRef(name))
    .slice(0, 2000)
    .map((name) => ({ name, distance: distance(ref.slice(0, 100), name) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.ceil(name.length / 3)))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 5)
    .map(({ name }) => name);

/** Levenshtein's distance, by the two-row method. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};
