import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type Change,
  defineErrors,
  type FetchingSource,
  type Makers,
  type OperationContext,
  type Revision,
} from "@hawser/core/plugin";

const entries = {
  HWS_SOURCE_REF_INVALID: {
    message: (ref: string): string =>
      `the ref ${JSON.stringify(ref.slice(0, 80))} is not a name this source accepts`,
  },
  HWS_SOURCE_REF_NOT_FOUND: { message: (ref: string): string => `there is no state ${ref}` },
};
const errors: Makers<typeof entries> = defineErrors(entries);

/** Paths and their text. */
export type MemoryTree = Readonly<Record<string, string>>;

interface State {
  readonly revision: Revision;
  readonly tree: MemoryTree;
}

/** A source whose states are given to it. Its refs are `latest` and the labels of the states. */
export class MemorySource implements FetchingSource {
  readonly #states: State[] = [];

  /** Adds a state, which is the latest from now on. */
  add(
    tree: MemoryTree,
    { label, message }: { readonly label?: string; readonly message?: string } = {},
  ): Revision {
    const before = this.#states.at(-1)?.revision.id ?? "";
    const id = createHash("sha256").update(before).update(JSON.stringify(tree)).digest("hex");
    const revision: Revision = {
      id,
      exact: true,
      label: label ?? `state-${this.#states.length + 1}`,
      url: "memory:source",
      author: "Test Author",
      message: message ?? `State ${this.#states.length + 1}`,
      time: 1_700_000_000 + this.#states.length,
    };
    this.#states.push({ revision, tree });
    return revision;
  }

  async resolve({ ref = "latest" }: { readonly ref?: string }, context: OperationContext): Promise<Revision> {
    if (!/^[A-Za-z0-9][A-Za-z0-9._/+@-]{0,254}$/.test(ref) || ref.includes("..")) {
      throw errors.HWS_SOURCE_REF_INVALID([ref]);
    }
    context.signal.throwIfAborted();
    const found =
      ref === "latest"
        ? this.#states.at(-1)
        : this.#states.findLast(({ revision }) => revision.label === ref);
    if (found === undefined) throw errors.HWS_SOURCE_REF_NOT_FOUND([ref]);
    return found.revision;
  }

  async fetch(
    { revision, directory }: { readonly revision: Revision; readonly directory: string },
    context: OperationContext,
  ): Promise<void> {
    context.signal.throwIfAborted();
    const found = this.#states.find((state) => state.revision.id === revision.id);
    if (found === undefined) throw errors.HWS_SOURCE_REF_NOT_FOUND([revision.id]);
    for (const [path, text] of Object.entries(found.tree)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
  }

  async changes({ from, to }: { readonly from: string; readonly to: string }): Promise<readonly Change[]> {
    const at = (id: string): number => this.#states.findIndex(({ revision }) => revision.id === id);
    return this.#states
      .slice(at(from) + 1, at(to) + 1)
      .reverse()
      .slice(0, 200)
      .map(({ revision: { id, author, message, time } }) => ({
        id,
        message: message ?? "",
        ...(author !== undefined && { author }),
        ...(time !== undefined && { time }),
      }));
  }
}
