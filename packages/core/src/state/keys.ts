import { isExecId } from "./exec-id.ts";

/** Every key that Hawser stores, in one place. Names in them passed their grammar long before. */

/** `sha256-<64 hex>` → the hexadecimal digits, which are the key's segment. */
const hex = (digest: string): string => digest.replace(/^sha256-/, "");

/** The top level has its own branch: no environment's name can collide with it. */
const environmentBase = (application: string, environment: string): string =>
  environment === "" ? `${application}/top` : `${application}/environments/${environment}`;

/** Between which releases a delta lies: `sha256-<64 hex>` of their manifests. */
export interface DeltaPlace {
  readonly target: string;
  readonly base: string;
  /** The release that lends what the base lacks. */
  readonly lender?: string | undefined;
}

const deltaBase = (application: string, { target, base, lender }: DeltaPlace): string =>
  `${application}/deltas/${hex(target)}/${[base, lender]
    .filter((digest) => digest !== undefined)
    .map(hex)
    .join("-")}`;

export interface ApplicationKeys {
  readonly releases: string;
  release(id: string): string;
  readonly manifests: string;
  manifest(digest: string): string;
  /** A manifest sealed to recipients, by the digest of its plain text. */
  sealedManifest(digest: string): string;
  readonly artifacts: string;
  /** Everything of one artifact lies below it. */
  artifact(digest: string): string;
  /** The record of one stored form of an artifact. */
  form(digest: string, form: string): string;
  /** The bytes of a stored form, named by their own digest: two deployers may compress differently. */
  bytes(digest: string, sha256: string): string;
  readonly deltas: string;
  /** The record of what brings a base to a release. */
  deltaRecord(place: DeltaPlace): string;
  deltaBytes(place: DeltaPlace, sha256: string): string;
  readonly plans: string;
  plan(digest: string): string;
  /** The signed word that the plan was made by who may sign. */
  planProof(digest: string): string;
  readonly builds: string;
  build(buildKey: string): string;
  readonly pins: string;
  pin(release: string): string;
  /** What people did to releases: who, when, why. */
  readonly notes: string;
  note(id: string): string;
  /** The locks of once commands that name one: for all environments. Changed by compare-and-swap only, never deleted. */
  onceLock(name: string): string;
  readonly environments: string;
  readonly top: string;
  readonly sweepLock: string;
  readonly sweepMarks: string;
}

export const applicationKeys = (application: string): ApplicationKeys => ({
  releases: `${application}/releases/`,
  release: (id) => `${application}/releases/${id}/record`,
  manifests: `${application}/manifests/`,
  manifest: (digest) => `${application}/manifests/${hex(digest)}`,
  sealedManifest: (digest) => `${application}/manifests/${hex(digest)}.age`,
  artifacts: `${application}/artifacts/`,
  artifact: (digest) => `${application}/artifacts/${hex(digest)}/`,
  form: (digest, form) => `${application}/artifacts/${hex(digest)}/forms/${form}`,
  bytes: (digest, sha256) => `${application}/artifacts/${hex(digest)}/bytes/${sha256}`,
  deltas: `${application}/deltas/`,
  deltaRecord: (place) => `${deltaBase(application, place)}/record`,
  deltaBytes: (place, sha256) => `${deltaBase(application, place)}/bytes/${sha256}`,
  plans: `${application}/plans/`,
  plan: (digest) => `${application}/plans/${hex(digest)}`,
  planProof: (digest) => `${application}/plans/${hex(digest)}.signed`,
  builds: `${application}/builds/`,
  build: (buildKey) => `${application}/builds/${buildKey}`,
  pins: `${application}/pins/`,
  pin: (release) => `${application}/pins/${release}`,
  notes: `${application}/notes/`,
  note: (id) => `${application}/notes/${id}`,
  onceLock: (name) => `${application}/locks/${name}`,
  environments: `${application}/environments/`,
  top: `${application}/top/`,
  sweepLock: `${application}/sweep/lock`,
  sweepMarks: `${application}/sweep/marks`,
});

export interface EnvironmentKeys {
  readonly lock: string;
  readonly desired: string;
  /** Sealed: what new instances need and no artifact may hold. */
  readonly secrets: string;
  /** Whether deploys are held. Changed by compare-and-swap only, never deleted. */
  readonly hold: string;
  /** Whether the application is in maintenance. Changed by compare-and-swap only, never deleted. */
  readonly maintenance: string;
  /** The instances that a person took out of the load balancers: one object each. */
  readonly drains: string;
  drain(instance: string): string;
  /** Who was last known to be in service. Changed by compare-and-swap only, never deleted. */
  readonly roster: string;
  /** The lease of whoever watches or reconciles: a lock object of its own. */
  readonly watcher: string;
  /** What people did to the environment: who, when, why. */
  readonly notes: string;
  note(id: string): string;
  readonly marks: string;
  mark(release: string): string;
  readonly onces: string;
  once(release: string, name: string): string;
  readonly runs: string;
  run(run: string): string;
  entries(run: string): string;
  entry(run: string, seq: number): string;
  end(run: string): string;
  /** The output of a run, or of what was executed beside the runs (`exec-…`), the commands of `maintenance` among it. */
  logs(run: string): string;
  log(run: string, instance: string, writer: string, part: number): string;
  /** What a run told while it went on. */
  events(run: string): string;
  eventsPart(run: string, writer: string, part: number): string;
}

const partOf = (part: number): string => String(part).padStart(4, "0");

const logsOf = (base: string, run: string): string =>
  isExecId(run) ? `${base}/execs/${run}/` : `${base}/runs/${run}/logs/`;

export const environmentKeys = (application: string, environment: string): EnvironmentKeys => {
  const base = environmentBase(application, environment);
  return {
    lock: `${base}/lock`,
    desired: `${base}/desired`,
    secrets: `${base}/secrets.age`,
    hold: `${base}/hold`,
    maintenance: `${base}/maintenance`,
    drains: `${base}/drains/`,
    drain: (instance) => `${base}/drains/${instance}`,
    roster: `${base}/roster`,
    watcher: `${base}/watcher`,
    notes: `${base}/notes/`,
    note: (id) => `${base}/notes/${id}`,
    marks: `${base}/marks/`,
    mark: (release) => `${base}/marks/${release}`,
    onces: `${base}/once/`,
    once: (release, name) => `${base}/once/${release}/${name}`,
    runs: `${base}/runs/`,
    run: (run) => `${base}/runs/${run}/`,
    entries: (run) => `${base}/runs/${run}/journal/`,
    entry: (run, seq) => `${base}/runs/${run}/journal/${String(seq).padStart(6, "0")}`,
    end: (run) => `${base}/runs/${run}/end`,
    logs: (run) => logsOf(base, run),
    log: (run, instance, writer, part) => `${logsOf(base, run)}${instance}/${writer}-${partOf(part)}`,
    events: (run) => `${base}/runs/${run}/events/`,
    eventsPart: (run, writer, part) => `${base}/runs/${run}/events/${writer}-${partOf(part)}`,
  };
};
