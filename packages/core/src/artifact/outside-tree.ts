import { artifactErrors } from "../errors/artifact-codes.ts";
import type { ArchiveLimits } from "./archive-limits.ts";
import { linkLeaves } from "./link-escape.ts";
import { nameProblem, parentOf, reservedTop } from "./name.ts";
import type { OutsideMember } from "./outside-member.ts";
import { shown } from "./tree-scan.ts";

type Type = OutsideMember["type"];

/** The tree that an archive's members make, known before anything of it is written. */
export class OutsideTree {
  readonly #types = new Map<string, Type>();
  readonly #links = new Map<string, string>();
  readonly #limits: ArchiveLimits;

  constructor(limits: ArchiveLimits) {
    this.#limits = limits;
  }

  /** Links by raw name, in the order of the archive. */
  get links(): ReadonlyMap<string, string> {
    return this.#links;
  }

  /**
   * Takes a member under its raw name, and gives the directories that are new with it, outer ones first. A directory
   * may be named again; anything else that is there already, or lies under what is no directory, is refused.
   */
  add(key: string, member: OutsideMember): readonly string[] {
    const made = this.#ensureDirectory(parentOf(key), key);
    const there = this.#types.get(key);
    if (member.type === "directory" && there === "directory") return made;
    if (there !== undefined) throw artifactErrors.HWS_ARCHIVE_DUPLICATE([shown(key)]);
    this.#set(key, member.type);
    if (member.type === "link") this.#addLink(key, member.target);
    return member.type === "directory" ? [...made, key] : made;
  }

  /** Called when all members are known: a link may lead through another that comes later. */
  refuseLeavingLinks(): void {
    for (const [key, target] of this.#links) {
      if (linkLeaves(this.#links, key)) {
        throw artifactErrors.HWS_ARCHIVE_LINK_ESCAPE([shown(key), shown(target)]);
      }
    }
  }

  #ensureDirectory(directory: string, key: string): readonly string[] {
    const there = this.#types.get(directory);
    if (directory === "" || there === "directory") return [];
    if (there !== undefined) {
      throw artifactErrors.HWS_ARCHIVE_PATH([
        shown(key),
        `lies under ${shown(directory)}, which is a ${there}`,
      ]);
    }
    const made = this.#ensureDirectory(parentOf(directory), key);
    this.#set(directory, "directory");
    return [...made, directory];
  }

  #set(key: string, type: Type): void {
    this.#types.set(key, type);
    const { entries } = this.#limits;
    if (this.#types.size > entries) throw artifactErrors.HWS_ARCHIVE_LIMIT(["entries", entries]);
  }

  #addLink(key: string, target: string): void {
    if (target === "" || target.length > 4095 || /[\0\x01]/.test(target)) {
      throw artifactErrors.HWS_ARCHIVE_PATH([shown(key), "is a link with an impossible target"]);
    }
    this.#links.set(key, target);
  }
}

/**
 * The raw name of a member inside the tree, without the leading components that are dropped; undefined for what is
 * dropped whole, and for the tree's own root.
 */
export const outsideKey = (
  { name, type }: OutsideMember,
  strip: number,
  limits: ArchiveLimits,
): string | undefined => {
  if (name.length > limits.pathBytes)
    throw artifactErrors.HWS_ARCHIVE_LIMIT(["bytes of a path", limits.pathBytes]);
  const bare = name.replace(/^(?:\.\/)+/, "").replace(/(?<=.)\/$/s, "");
  if (type === "directory" && name !== "" && (bare === "" || bare === ".")) return undefined;
  const parts = bare.split("/");
  if (parts.length > limits.depth)
    throw artifactErrors.HWS_ARCHIVE_LIMIT(["levels of directories", limits.depth]);
  refuseName(bare, name);
  const key = parts.slice(strip).join("/");
  if (key === "") return undefined;
  refuseName(key, name);
  const reserved = reservedTop(key);
  if (reserved !== undefined) throw artifactErrors.HWS_ARCHIVE_RESERVED([reserved]);
  return key;
};

const refuseName = (key: string, name: string): void => {
  const why = /^[A-Za-z]:/.test(key) ? "begins with a drive letter" : nameProblem(key);
  if (why !== undefined) throw artifactErrors.HWS_ARCHIVE_PATH([shown(name) || '""', why]);
};
