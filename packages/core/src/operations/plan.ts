import { difference } from "../artifact/difference.ts";
import { Manifest } from "../artifact/manifest.ts";
import type { ReleaseRecord } from "../artifact/release-record.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { PlanRequest } from "../contracts/engine.ts";
import type { FileChange, RunResult } from "../contracts/events.ts";
import type { Revision } from "../contracts/source.ts";
import { buildKey } from "../engine/build.ts";
import type { Desk } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { surveyProblems } from "../fleet/preflight.ts";
import {
  fetchTree,
  keptTree,
  packPrepared,
  prepareTree,
  resolve,
  type Workshop,
} from "../steps/source-steps.ts";
import { bytesToShip } from "./estimate.ts";
import { readableManifest } from "./readable-manifest.ts";
import { exitCodeOfLook, resultOf } from "./result.ts";
import { artifactsDirectory, configPlan, openFleet, withScratch } from "./workplace.ts";

/** What is known of the release that a deploy would ship. */
interface Candidate {
  readonly revision: Revision;
  readonly record: ReleaseRecord | undefined;
}

/** What a deploy would do. Takes no lock; storage, instances and load balancers are only read. */
export const plan = async (desk: Desk, request: PlanRequest, verb = "plan"): Promise<RunResult> => {
  const began = performance.now();
  const context = desk.reporter.operation(desk.control.signal, verb);
  await using fleet = openFleet(desk, false);
  try {
    const [candidate] = await Promise.all([choose(desk, request, context), surveyAll(desk, fleet, context)]);
    const desired = (await desk.stores.desired.read(context))?.state;
    const inService = desired && (await desk.stores.releases.get(desired.release, context))?.record;
    const built = request.build === true ? await build(desk, fleet, candidate, inService) : undefined;
    const problems = surveyProblems(
      fleet.members,
      configPlan(desk),
      built?.need ?? needOf(candidate.record),
      Date.now() / 1000,
      desk.stores.signatures.trust,
    );
    for (const problem of problems) desk.reporter.warnProblem(problem);
    const fatal = problems.filter(({ severity }) => severity === "error");
    const same = candidate.record !== undefined && candidate.record.id === desired?.release;
    const error =
      fatal.length === 0
        ? undefined
        : engineErrors.HWS_FLEET_PREFLIGHT([
            fatal.length,
            [...new Set(fatal.map(({ where }) => where ?? ""))],
          ]);
    return resultOf(desk, verb, began, {
      outcome:
        error !== undefined ? "untouched" : same && onRelease(fleet, desired.release) ? "unchanged" : "done",
      release: candidate.record?.id ?? null,
      from: desired?.release ?? null,
      revision: candidate.revision.id,
      artifact: built?.artifact ?? candidate.record?.artifact ?? null,
      desired: desired?.release ?? null,
      instances: fleet.members.map((member) => member.result()),
      ...(built !== undefined && { changes: built.changes, bytes: built.bytes }),
      ...(error !== undefined && { error: error.report() }),
    });
  } catch (thrown) {
    const error = asHawserError(desk.control.signal.aborted ? desk.control.signal.reason : thrown);
    const exitCode = exitCodeOfLook(error);
    return resultOf(desk, verb, began, { outcome: "untouched", exitCode, error: error.report() });
  }
};

const onRelease = (fleet: Fleet, release: string): boolean =>
  fleet.working.every((member) => member.release === release);

const needOf = (record: ReleaseRecord | undefined) =>
  record && { filesBytes: record.filesBytes, entries: record.entries };

const surveyAll = async (desk: Desk, fleet: Fleet, context: OperationContext): Promise<void> => {
  const listed = await fleet.list(context);
  await fleet.survey(listed, context);
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

const choose = async (desk: Desk, request: PlanRequest, context: OperationContext): Promise<Candidate> => {
  const { releases } = desk.stores;
  if (request.release !== undefined) {
    const found = await releases.get(request.release, context);
    if (found === undefined) throw engineErrors.HWS_RELEASE_UNKNOWN([request.release]);
    return { revision: found.record.revision, record: found.record };
  }
  desk.reporter.emit({ type: "step", step: "resolve", phase: "started" });
  const revision = await resolve(desk, request.ref, context);
  desk.reporter.emit({ type: "step", step: "resolve", phase: "done", detail: revision.id });
  const id = revision.exact
    ? await releases.recall(buildKey(desk.config, configPlan(desk), revision.id), context)
    : undefined;
  return { revision, record: id === undefined ? undefined : (await releases.get(id, context))?.record };
};

interface Built {
  readonly artifact: string;
  readonly changes: readonly FileChange[];
  readonly bytes: number;
  readonly need: { readonly filesBytes: number; readonly entries: number };
}

/** Fetches, prepares and packs in private folders of the deployer, and compares with what is in service. */
const build = async (
  desk: Desk,
  fleet: Fleet,
  candidate: Candidate,
  inService: ReleaseRecord | undefined,
): Promise<Built> =>
  await withScratch(desk, async (scratch) => {
    const context = desk.reporter.operation(desk.control.signal, "build");
    const previous = inService && (await readableManifest(desk, inService.manifest, context));
    const plan = configPlan(desk);
    const kept = keptTree(desk, plan, scratch);
    const workshop: Workshop = { desk, plan, scratch, artifacts: artifactsDirectory(desk), kept };
    const directory = await fetchTree(workshop, candidate.revision, context);
    await prepareTree(workshop, directory, candidate.revision, context);
    const created = Math.floor(Date.now() / 1000);
    const packed = await packPrepared(workshop, directory, previous, created, context);
    const { entries, filesBytes } = packed.manifest;
    const changes = difference(previous ?? Manifest.from([]), packed.manifest).changes;
    let bytes = 0;
    for (const member of fleet.working) {
      member.bytes = await bytesToShip(desk, member, packed, context);
      bytes += member.bytes;
    }
    return { artifact: packed.digest, changes, bytes, need: { filesBytes, entries: entries.length } };
  });
