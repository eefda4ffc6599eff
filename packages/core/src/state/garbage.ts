import { parseRecord, type ReleaseRecord } from "../artifact/release-record.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { Storage } from "../contracts/storage.ts";
import { unprovedSignatures } from "../signing/signatures.ts";
import { Catalogue, type EnvironmentCatalogue } from "./catalogue.ts";
import { Desired } from "./desired.ts";
import { Fields, releaseGrammar } from "./fields.ts";
import { environmentKeys } from "./keys.ts";
import { mapLimited } from "./limited.ts";
import { type Mark, Marks } from "./marks.ts";
import { readObject } from "./object.ts";
import { byAge, retained } from "./retention.ts";

export interface KeepRules {
  /** Good releases kept for each environment. */
  readonly keep: number;
  /** Releases younger than this stay, good or not: they may be on their way. */
  readonly youngMs: number;
  /** Run records, and logs of what was executed beside them, kept for each environment. */
  readonly keepRuns: number;
  /** Releases that instances hold and storage knows nothing of. */
  readonly alsoKeep: ReadonlySet<string>;
}

/** What is needed: releases by id, contents by the hexadecimal digits of their digest. */
class Roots {
  readonly releases = new Set<string>();
  readonly digests = new Set<string>();

  release(id: string | null | undefined): void {
    if (id !== null && id !== undefined) this.releases.add(id);
  }

  digest(digest: string): void {
    this.digests.add(digest.replace(/^sha256-/, ""));
  }

  /** Takes whatever looks like a release or a digest: what an open run relies on stands anywhere in its journal. */
  scan(text: string): void {
    for (const [, hex = ""] of text.matchAll(/sha256-([0-9a-f]{64})/g)) this.digests.add(hex);
    for (const [, id = ""] of text.matchAll(/"([0-9]{6,12})"/g)) this.releases.add(id);
  }
}

/**
 * The keys that nothing needs. It reads everything it judges by; whatever cannot be read is an error, because what it
 * needs is not known.
 */
export async function findGarbage(
  storage: Storage,
  application: string,
  rules: KeepRules,
  context: OperationContext,
): Promise<ReadonlySet<string>> {
  const catalogue = await Catalogue.read(storage, application, context);
  const roots = new Roots();
  const marks = new Map<EnvironmentCatalogue, ReadonlyMap<string, Mark>>();
  for (const environment of catalogue.environments.values()) {
    marks.set(environment, await new Marks(storage, application, environment.name).list(context));
    await addDesired(roots, new Desired(storage, application, environment.name, unprovedSignatures), context);
    await addRuns(roots, storage, application, environment, context);
  }
  const records = await readRecords(storage, catalogue, context);
  keepReleases(roots, catalogue, [...marks.values()], records, rules);
  for (const id of roots.releases) {
    const record = records.get(id);
    if (record !== undefined) for (const digest of [record.artifact, record.manifest]) roots.digest(digest);
    for (const known of marks.values()) roots.digest(known.get(id)?.plan ?? "");
  }
  return new Set([
    ...unneededContents(catalogue, roots),
    ...(await unneededBuilds(storage, catalogue, roots, context)),
    ...[...catalogue.environments.values()].flatMap((environment) => unneededOf(environment, roots, rules)),
  ]);
}

async function addDesired(roots: Roots, desired: Desired, context: OperationContext): Promise<void> {
  const found = await desired.read(context);
  if (found === undefined) return;
  const { release, previous, manifest, plan } = found.state;
  roots.release(release);
  roots.release(previous);
  roots.digest(manifest);
  roots.digest(plan);
}

/** Open runs, and what instances last were seen to hold. */
async function addRuns(
  roots: Roots,
  storage: Storage,
  application: string,
  environment: EnvironmentCatalogue,
  context: OperationContext,
): Promise<void> {
  const keys = environmentKeys(application, environment.name);
  const open = environment.runs.filter((run) => !environment.ended.has(run));
  const lastEnd = environment.runs.find((run) => environment.ended.has(run));
  const journals = open.flatMap((run) =>
    (environment.byRun.get(run) ?? []).filter((key) => key.startsWith(keys.entries(run))),
  );
  const wanted = lastEnd === undefined ? journals : [...journals, keys.end(lastEnd)];
  await mapLimited(wanted, async (key) => {
    const found = await readObject(storage, key, context);
    if (found !== undefined) roots.scan(found.bytes.toString("utf8"));
  });
}

async function readRecords(
  storage: Storage,
  { releases }: Catalogue,
  context: OperationContext,
): Promise<ReadonlyMap<string, ReleaseRecord>> {
  const read = await mapLimited([...releases], async ([id, key]) => {
    const found = await readObject(storage, key, context);
    return found === undefined ? [] : [[id, parseRecord(found.bytes)] as const];
  });
  return new Map(read.flat());
}

function keepReleases(
  roots: Roots,
  catalogue: Catalogue,
  marks: readonly ReadonlyMap<string, Mark>[],
  records: ReadonlyMap<string, ReleaseRecord>,
  { keep, youngMs, alsoKeep }: KeepRules,
): void {
  const present = [...catalogue.releases.keys()];
  for (const id of [...catalogue.pins, ...alsoKeep]) roots.release(id);
  // The newest id stays for ever: the next one is counted from it, and no id is given out twice.
  roots.release(present.sort(byAge).at(-1));
  for (const [id, { created }] of records) if (created * 1000 > Date.now() - youngMs) roots.release(id);
  for (const known of marks) {
    const good = [...known].filter(([, mark]) => mark.good !== undefined && mark.bad === undefined);
    const facts = { present, good: new Set(good.map(([id]) => id)), needed: roots.releases, keep };
    for (const id of retained(facts)) roots.release(id);
  }
}

function unneededContents({ releases, contents, deltas }: Catalogue, roots: Roots): string[] {
  const records = [...releases].flatMap(([id, key]) => (roots.releases.has(id) ? [] : [key]));
  const bytes = [...contents].flatMap(([hex, keys]) => (roots.digests.has(hex) ? [] : keys));
  // A delta serves only while every release between which it lies does.
  const between = [...deltas].flatMap(([hexes, keys]) =>
    hexes.split("-").every((hex) => roots.digests.has(hex)) ? [] : keys,
  );
  return [...records, ...bytes, ...between];
}

async function unneededBuilds(
  storage: Storage,
  { builds }: Catalogue,
  roots: Roots,
  context: OperationContext,
): Promise<string[]> {
  const found = await mapLimited(builds, async (key) => {
    const build = await readObject(storage, key, context);
    if (build === undefined) return [];
    const release = Fields.parse(build.bytes, key).text("release", releaseGrammar);
    return roots.releases.has(release) ? [] : [key];
  });
  return found.flat();
}

function unneededOf(environment: EnvironmentCatalogue, roots: Roots, { keepRuns }: KeepRules): string[] {
  const marks = [...environment.marks].flatMap(([id, keys]) => (roots.releases.has(id) ? [] : keys));
  // While an earlier release is kept, what ran once since may stand between it and the present.
  const oldest = [...roots.releases].sort(byAge)[0];
  const needed = (id: string) => roots.releases.has(id) || (oldest !== undefined && byAge(oldest, id) < 0);
  const onces = [...environment.onces].flatMap(([id, keys]) => (needed(id) ? [] : keys));
  const old = environment.runs.slice(keepRuns).filter((run) => environment.ended.has(run));
  const oldExecs = environment.execs.slice(keepRuns);
  return [
    ...marks,
    ...onces,
    ...old.flatMap((run) => environment.byRun.get(run) ?? []),
    ...oldExecs.flatMap((id) => environment.byExec.get(id) ?? []),
  ];
}
