import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { applicationKeys } from "./keys.ts";
import { byAge } from "./retention.ts";

/** The keys of one environment, sorted by what they are. */
export class EnvironmentCatalogue {
  readonly name: string;
  /** The marks, by release. */
  readonly marks = new Map<string, string[]>();
  /** Run-once records, by release. */
  readonly onces = new Map<string, string[]>();
  /** Everything of a run, by its id. */
  readonly byRun = new Map<string, string[]>();
  readonly ended = new Set<string>();
  /** The output of what was executed beside the runs, by its id. */
  readonly byExec = new Map<string, string[]>();

  constructor(name: string) {
    this.name = name;
  }

  add(key: string, [kind, name = "", part]: readonly string[]): void {
    if (kind === "marks") push(this.marks, name, key);
    if (kind === "once") push(this.onces, name, key);
    if (kind === "execs") push(this.byExec, name, key);
    if (kind !== "runs") return;
    push(this.byRun, name, key);
    if (part === "end") this.ended.add(name);
  }

  /** Newest first. */
  get runs(): string[] {
    return [...this.byRun.keys()].sort(byAge).reverse();
  }

  /** Newest first: an id begins with its time. */
  get execs(): string[] {
    return [...this.byExec.keys()].sort().reverse();
  }
}

/** Every key of an application, sorted by what it is. Keys that Hawser does not know are left alone. */
export class Catalogue {
  readonly releases = new Map<string, string>();
  readonly builds: string[] = [];
  /** Manifests, artifacts and plans, by the hexadecimal digits of their digest. */
  readonly contents = new Map<string, string[]>();
  /** Deltas, by the digits of every manifest that they lie between, joined by `-`. */
  readonly deltas = new Map<string, string[]>();
  readonly pins = new Set<string>();
  readonly environments = new Map<string, EnvironmentCatalogue>();

  static async read(storage: Storage, application: string, context: OperationContext): Promise<Catalogue> {
    const catalogue = new Catalogue();
    const prefix = `${application}/`;
    for await (const { key } of storage.list({ prefix }, context)) {
      catalogue.#add(key, key.slice(prefix.length).split("/"));
    }
    return catalogue;
  }

  #add(key: string, parts: readonly string[]): void {
    const [kind, name = "", ...rest] = parts;
    if (kind === "releases" && rest[0] === "record") this.releases.set(name, key);
    if (kind === "builds") this.builds.push(key);
    // What goes with a content has its name and an ending.
    const [hex = ""] = name.split(".");
    if (kind === "manifests" || kind === "plans" || kind === "artifacts") push(this.contents, hex, key);
    if (kind === "deltas") push(this.deltas, `${name}-${rest[0] ?? ""}`, key);
    if (kind === "pins") this.pins.add(name);
    if (kind === "environments") this.#environment(name).add(key, rest);
    if (kind === "top") this.#environment("").add(key, [name, ...rest]);
  }

  #environment(name: string): EnvironmentCatalogue {
    const known = this.environments.get(name) ?? new EnvironmentCatalogue(name);
    this.environments.set(name, known);
    return known;
  }
}

function push(lists: Map<string, string[]>, name: string, key: string): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [key]);
  else list.push(key);
}

/** Records before what they point to: a reader that is cut off by a prune finds nothing rather than half. */
export function deletionOrder(application: string, keys: Iterable<string>): string[] {
  const { builds, releases, artifacts, deltas } = applicationKeys(application);
  const rank = (key: string): number => {
    if (key.startsWith(builds)) return 0;
    if (key.startsWith(releases)) return 1;
    if (key.startsWith(deltas) && key.endsWith("/record")) return 2;
    return key.startsWith(artifacts) && key.includes("/forms/") ? 2 : 3;
  };
  return [...keys].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
