import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Revision, Source } from "@hawser/core/plugin";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { operationContext, testDirectory } from "./context.ts";
import { receiveTree } from "./receive-tree.ts";
import { readTree, type TreeTexts, treeDigest } from "./tree.ts";

/** One source to try, alone: nobody else changes it. */
export interface SourceTrial extends AsyncDisposable {
  readonly source: Source;
  /** What a fetch of the state that the source has now must write. */
  tree(): Promise<TreeTexts>;
  /** Moves the source to another state. */
  change(): Promise<void>;
  /** A ref that fits the grammar and does not exist. */
  readonly missingRef: string;
  /** Refs outside the source's grammar, beyond those that no source may accept. */
  readonly hostileRefs?: readonly string[];
  /** How many programs were started and requests were sent so far. */
  contacts(): number;
  /** Credentials in use: none may appear in what the source gives. */
  readonly secrets?: readonly string[];
}

/** What would be an option, an expression, a path or a command somewhere. */
const hostileRefs = (canary: string): readonly string[] => [
  `--upload-pack=touch ${canary}`,
  `--config-option=config:tunnels:x=touch ${canary}`,
  "-x",
  "a..b",
  "a b",
  "a;id",
  "a\nb",
  "a\0b",
  `refs/heads/a$(touch ${canary})`,
  `\`touch ${canary}\``,
  "../../etc/passwd",
  "",
  "a".repeat(5000),
];

const code = (value: string) => expect.objectContaining({ code: value });

/**
 * The sentences of the Source contract as tests.
 *
 * @param create makes a fresh source for each test.
 */
export const describeSource = (
  name: string,
  { create }: { readonly create: () => Promise<SourceTrial> },
): void => {
  let trial: SourceTrial;
  beforeEach(async () => {
    trial = await create();
  });
  afterEach(async () => {
    await trial.source[Symbol.asyncDispose]?.();
    await trial[Symbol.asyncDispose]();
  });

  const resolve = (ref?: string): Promise<Revision> =>
    trial.source.resolve(ref === undefined ? {} : { ref }, operationContext());
  const receive = async (revision: Revision): Promise<string> => {
    const directory = join(testDirectory("hawser-tree-"), "tree");
    await mkdir(directory);
    await receiveTree(trial.source, { revision, directory }, operationContext());
    return directory;
  };

  describe(`${name}: resolve`, () => {
    it("resolves twice to the same revision without a change of the source", async () => {
      expect(await resolve()).toEqual(await resolve());
    });

    it("resolves to another revision after a change of the source", async () => {
      const before = await resolve();
      await trial.change();
      expect((await resolve()).id).not.toBe(before.id);
    });

    it("names a revision in printable ASCII without spaces, at most 200 characters", async () => {
      expect((await resolve()).id).toMatch(/^[\x21-\x7e]{1,200}$/);
    });

    it("says where a revision came from without credentials", async () => {
      const revision = await resolve();
      expect(revision.url ?? "").not.toMatch(/:\/\/[^/@]*:[^/@]*@/);
      for (const secret of trial.secrets ?? []) expect(JSON.stringify(revision)).not.toContain(secret);
    });

    it("rejects a ref that does not exist with HWS_SOURCE_REF_NOT_FOUND", async () => {
      await expect(resolve(trial.missingRef)).rejects.toThrow(code("HWS_SOURCE_REF_NOT_FOUND"));
    });

    it("rejects a ref outside the grammar with HWS_SOURCE_REF_INVALID before anything is spawned or sent", async () => {
      const folder = testDirectory();
      const before = trial.contacts();
      for (const ref of [...hostileRefs(join(folder, "canary")), ...(trial.hostileRefs ?? [])]) {
        await expect(resolve(ref), JSON.stringify(ref.slice(0, 60))).rejects.toThrow(
          code("HWS_SOURCE_REF_INVALID"),
        );
      }
      expect(trial.contacts()).toBe(before);
      expect(await readdir(folder)).toEqual([]);
    });

    it("rejects at once when the caller has already given up", async () => {
      const before = trial.contacts();
      const context = operationContext({ signal: AbortSignal.abort(new Error("given up")) });
      await expect(trial.source.resolve({}, context)).rejects.toThrow("given up");
      expect(trial.contacts()).toBe(before);
    });
  });

  describe(`${name}: the tree`, () => {
    it("is that of exactly the revision", async () => {
      expect(await readTree(await receive(await resolve()))).toEqual(await trial.tree());
    });

    it("is the same when the same revision is fetched twice", async () => {
      const revision = await resolve();
      expect(await treeDigest(await receive(revision))).toBe(await treeDigest(await receive(revision)));
    });

    it("is the revision's own or HWS_SOURCE_MOVED when the source moved since resolve, never a mixture", async () => {
      const revision = await resolve();
      const before = await trial.tree();
      await trial.change();
      const outcome = await receive(revision).then(readTree, (error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toMatchObject({ code: "HWS_SOURCE_MOVED" });
      else expect(outcome).toEqual(before);
    });

    it("holds nothing of the protocol's own", async () => {
      const names = Object.keys(await readTree(await receive(await resolve()))).flatMap((path) =>
        path.split("/"),
      );
      expect(names.filter((part) => [".git", ".svn", ".hg", ".listing", "CVS"].includes(part))).toEqual([]);
    });

    it("is written into the directory and nowhere beside it", async () => {
      const parent = testDirectory();
      const directory = join(parent, "tree");
      await mkdir(directory);
      await writeFile(join(parent, "neighbour"), "untouched");
      await receiveTree(trial.source, { revision: await resolve(), directory }, operationContext());
      expect(await readTree(parent)).toMatchObject({ neighbour: "untouched" });
      expect((await readdir(parent)).sort()).toEqual(["neighbour", "tree"]);
    });

    it("is not fetched when the caller has already given up", async () => {
      const revision = await resolve();
      const directory = testDirectory();
      const context = operationContext({ signal: AbortSignal.abort(new Error("given up")) });
      await expect(receiveTree(trial.source, { revision, directory }, context)).rejects.toThrow("given up");
      expect(await readdir(directory)).toEqual([]);
    });
  });

  describe(`${name}: the rest`, () => {
    it("gives the changes after one revision up to another, newest first, at most 200", async () => {
      const from = await resolve();
      await trial.change();
      await trial.change();
      const to = await resolve();
      const changes = await trial.source.changes?.({ from: from.id, to: to.id }, operationContext());
      // Absent: the source has no history, and its engine shows none.
      if (changes === undefined) expect(trial.source.changes).toBeUndefined();
      else {
        expect(changes.length).toBe(2);
        expect(changes[0]?.id).toBe(to.id);
        expect(changes.map(({ id }) => id)).not.toContain(from.id);
      }
    });

    it("gathers problems without throwing", async () => {
      expect(await (trial.source.check?.(operationContext()) ?? [])).toEqual([]);
    });

    it("may be disposed twice", async () => {
      await trial.source[Symbol.asyncDispose]?.();
      expect(await trial.source[Symbol.asyncDispose]?.()).toBeUndefined();
    });
  });
};
