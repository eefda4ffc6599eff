import { difference } from "../artifact/difference.ts";
import { Manifest } from "../artifact/manifest.ts";
import type { ReleaseRecord } from "../artifact/release-record.ts";
import type { OperationContext, Problem } from "../contracts/common.ts";
import type { DeployRequest, PlanRequest } from "../contracts/engine-requests.ts";
import type { FileChange, RunResult } from "../contracts/events.ts";
import type { Revision } from "../contracts/source.ts";
import { buildKey } from "../engine/build.ts";
import type { Desk } from "../engine/operation.ts";
import type { OtherEnvironments } from "../engine/other-environments.ts";
import { asHawserError } from "../engine/reporter.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { surveyProblems } from "../fleet/preflight.ts";
import { retentionOf } from "../fleet/retention.ts";
import type { DesiredState } from "../state/desired.ts";
import { wantsRenewal } from "../state/expiry.ts";
import type { Releases } from "../state/releases.ts";
import { openShipment } from "../steps/flow.ts";
import {
  fetchTree,
  keptTree,
  type Packed,
  packPrepared,
  prepareTree,
  resolve,
  type Workshop,
} from "../steps/source-steps.ts";
import { deployPlanOf, installPlanDigest, requestOfPlan } from "./deploy-plan.ts";
import { Estimate } from "./estimate.ts";
import { holdReport } from "./holds.ts";
import { type Origin, originOf } from "./promotion.ts";
import { readableManifest } from "./readable-manifest.ts";
import { exitCodeOfLook, resultOf } from "./result.ts";
import { artifactsDirectory, configPlan, openFleet, withScratch } from "./workplace.ts";

/** What is known of the release that a deploy would ship. */
interface Candidate {
  readonly revision: Revision;
  /** The stored release, and the releases among which it lies. */
  readonly stored: { readonly record: ReleaseRecord; readonly releases: Releases } | undefined;
}

/** What a deploy would do. Takes no lock; storage, instances and load balancers are only read. */
export const plan = async (
  desk: Desk,
  request: PlanRequest,
  others: OtherEnvironments,
  verb = "plan",
): Promise<RunResult> => {
  const began = performance.now();
  const context = desk.reporter.operation(desk.control.signal, verb);
  await using fleet = openFleet(desk, false);
  try {
    await using origin = await originOf(desk, others, request, context);
    const [candidate, , hold] = await Promise.all([
      choose(desk, request, origin, context),
      surveyAll(desk, fleet, context),
      desk.stores.hold.read(context),
    ]);
    const { revision, stored } = candidate;
    const record = stored?.record;
    const desired = (await desk.stores.desired.read(context))?.state;
    const inService = desired && (await desk.stores.releases.get(desired.release, context))?.record;
    const built = request.build === true ? await build(desk, fleet, candidate, inService) : undefined;
    const problems = surveyProblems(
      fleet.members,
      configPlan(desk),
      built?.need ?? needOf(record),
      Date.now() / 1000,
      desk.stores.signatures.trust,
    );
    for (const problem of problems) desk.reporter.warnProblem(problem);
    const error = preflightError(problems);
    const artifact = built?.artifact ?? record?.artifact;
    const kept = deployPlanOf(desk, {
      ref: request.ref,
      revision,
      release: record?.id,
      origin: origin?.other.environment,
      artifact,
      desired,
    });
    return resultOf(desk, verb, began, {
      outcome:
        error !== undefined ? "untouched" : isSame(desk, fleet, record, desired) ? "unchanged" : "done",
      release: record?.id ?? null,
      from: desired?.release ?? null,
      revision: revision.id,
      artifact: artifact ?? null,
      desired: desired?.release ?? null,
      instances: fleet.members.map((member) => member.result()),
      ...(hold !== undefined && { hold: holdReport(hold) }),
      ...(built !== undefined && { changes: built.changes, bytes: built.bytes }),
      ...(kept !== undefined && error === undefined && { plan: kept }),
      ...(error !== undefined && { error: error.report() }),
    });
  } catch (thrown) {
    const error = asHawserError(desk.control.signal.aborted ? desk.control.signal.reason : thrown);
    const exitCode = exitCodeOfLook(error);
    return resultOf(desk, verb, began, { outcome: "untouched", exitCode, error: error.report() });
  }
};

/** As far as a deploy goes without changing anything; a plan that no longer holds is refused as by the deploy. */
export const dryRun = async (
  desk: Desk,
  request: DeployRequest,
  others: OtherEnvironments,
): Promise<RunResult> => {
  const context = desk.reporter.operation(desk.control.signal, "deploy");
  const open = request.plan && (await desk.stores.runs.open(context));
  const { revision, ...asked } = await requestOfPlan(desk, request, open?.run);
  const ref = revision?.id ?? asked.ref;
  return await plan(desk, { ...asked, ...(ref !== undefined && { ref }), build: true }, others, "deploy");
};

const preflightError = (problems: readonly Problem[]) => {
  const fatal = problems.filter(({ severity }) => severity === "error");
  const where = [...new Set(fatal.map((problem) => problem.where ?? ""))];
  return fatal.length === 0 ? undefined : engineErrors.HWS_FLEET_PREFLIGHT([fatal.length, where]);
};

/** Whether a deploy would change nothing: the release runs everywhere, under the install plan that the config makes. */
const isSame = (
  desk: Desk,
  fleet: Fleet,
  record: ReleaseRecord | undefined,
  desired: DesiredState | undefined,
): boolean =>
  record !== undefined &&
  record.id === desired?.release &&
  desired.plan === installPlanDigest(desk) &&
  !wantsRenewal(desired, desk.stores.signatures.lifetimeSeconds) &&
  onRelease(fleet, desired.release);

const onRelease = (fleet: Fleet, release: string): boolean =>
  fleet.working.every((member) => member.release === release);

const needOf = (record: ReleaseRecord | undefined) =>
  record && { filesBytes: record.filesBytes, entries: record.entries };

const surveyAll = async (desk: Desk, fleet: Fleet, context: OperationContext): Promise<void> => {
  const listed = await fleet.list(context);
  await fleet.survey(listed, context, configPlan(desk));
  const states = await desk.providers.balancers.states(
    listed.map(({ instance }) => instance),
    context,
  );
  for (const member of listed) {
    const membership = states.get(member.id);
    member.loadBalancer = Object.values(membership?.balancers ?? {})[0];
    member.healthy = membership?.healthy;
    desk.reporter.instance(member);
  }
};

const choose = async (
  desk: Desk,
  request: PlanRequest,
  origin: Origin | undefined,
  context: OperationContext,
): Promise<Candidate> => {
  const { releases } = desk.stores;
  const id = origin?.release ?? request.release;
  if (id !== undefined) {
    const among = origin?.other.stores.releases ?? releases;
    const found = await among.get(id, context);
    if (found === undefined) throw engineErrors.HWS_RELEASE_UNKNOWN([id]);
    return { revision: found.record.revision, stored: { record: found.record, releases: among } };
  }
  desk.reporter.emit({ type: "step", step: "resolve", phase: "started" });
  const revision = await resolve(desk, request.ref, context);
  desk.reporter.emit({ type: "step", step: "resolve", phase: "done", detail: revision.id });
  const known =
    revision.exact && request.rebuild !== true
      ? await releases.recall(buildKey(desk.config, configPlan(desk), revision.id), context)
      : undefined;
  const record = known === undefined ? undefined : (await releases.get(known, context))?.record;
  return { revision, stored: record && { record, releases } };
};

interface Built {
  readonly artifact: string;
  readonly changes: readonly FileChange[];
  readonly bytes: number;
  readonly need: { readonly filesBytes: number; readonly entries: number };
}

/** Compares what would go out with what is in service: a stored release as it is, else what is made in private folders. */
const build = async (
  desk: Desk,
  fleet: Fleet,
  candidate: Candidate,
  inService: ReleaseRecord | undefined,
): Promise<Built> =>
  await withScratch(desk, async (scratch) => {
    const context = desk.reporter.operation(desk.control.signal, "build");
    const previous = inService && (await readableManifest(desk, inService.manifest, context));
    const packed =
      candidate.stored === undefined
        ? await make(desk, candidate.revision, previous, scratch, context)
        : await fetchStored(desk, candidate.stored, context);
    const { entries, filesBytes } = packed.manifest;
    const changes = difference(previous ?? Manifest.from([]), packed.manifest).changes;
    const retention = await retentionOf(desk, fleet.members, [inService?.id], context);
    const estimate = new Estimate(desk, packed, retention);
    let bytes = 0;
    for (const member of fleet.working) {
      member.bytes = await estimate.bytesTo(member, context);
      bytes += member.bytes;
    }
    return { artifact: packed.digest, changes, bytes, need: { filesBytes, entries: entries.length } };
  });

/** Fetches, prepares and packs as the deploy would. */
const make = async (
  desk: Desk,
  revision: Revision,
  previous: Manifest | undefined,
  scratch: string,
  context: OperationContext,
): Promise<Packed> => {
  const plan = configPlan(desk);
  const kept = keptTree(desk, plan, scratch);
  const workshop: Workshop = { desk, plan, scratch, artifacts: artifactsDirectory(desk), kept };
  const directory = await fetchTree(workshop, revision, context);
  await prepareTree(workshop, directory, revision, context);
  const created = Math.floor(Date.now() / 1000);
  return await packPrepared(workshop, directory, previous, created, context);
};

/** `prepare` is not run again: what is stored is what goes out. */
const fetchStored = async (
  desk: Desk,
  { record, releases }: NonNullable<Candidate["stored"]>,
  context: OperationContext,
): Promise<Packed> => {
  const stores = { ...desk.stores, releases };
  const shipment = await openShipment({ stores }, artifactsDirectory(desk), record.id, context);
  const path = await shipment.artifact(context);
  return {
    digest: record.artifact,
    sizeBytes: record.artifactBytes,
    path,
    manifest: await shipment.manifest(context),
  };
};
