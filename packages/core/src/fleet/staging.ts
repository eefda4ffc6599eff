import { buffer } from "node:stream/consumers";
import type { Manifest } from "../artifact/manifest.ts";
import type { Operation } from "../engine/operation.ts";
import { HawserError } from "../errors/hawser-error.ts";
import type { HeldRelease } from "../host/host.ts";
import { isUnreadable } from "../sealing/unreadable.ts";
import { hasInstall } from "./commands.ts";
import { stageWith } from "./handover.ts";
import type { FleetMember } from "./member.ts";
import type { Delta, DeltaSources, Shipment } from "./shipment.ts";
import { isWorthwhile, lenderOf, type StagingMethod } from "./staging-method.ts";

/** What a release directory is after staging: `installed` when it was so already, or when the plan does nothing in it. */
export type StagedState = HeldRelease["state"];

/** Brings the release onto one instance, complete and checked, not active. */
export const stage = async (
  operation: Operation,
  member: FleetMember,
  shipment: Shipment,
  chosen: StagingMethod,
): Promise<StagedState> => {
  if (chosen.method === "present") return chosen.state;
  if (chosen.method !== "full") {
    try {
      const staged = await stageByDelta(operation, member, shipment, chosen);
      if (staged !== undefined) return staged;
    } catch (error) {
      // A storage that was adopted does not know what the instances hold of another: they need no base to go on.
      if (!HawserError.is(error, "HWS_STATE_MANIFEST_MISSING")) {
        // What the base or the release is made of may be sealed to others than this deployer.
        if (!HawserError.is(error, "HWS_HOST_BASE_CHANGED") && !isUnreadable(error)) throw error;
        operation.reporter.warnError(error, { instance: member.id, step: "stage" });
      }
    }
  }
  return await stageWhole(operation, member, shipment);
};

const request = (operation: Operation, member: FleetMember, shipment: Shipment) => ({
  epoch: operation.lock.epoch,
  application: operation.desk.config.application,
  environment: operation.desk.config.environment,
  release: shipment.id,
  record: shipment.recordBytes,
  install: hasInstall(operation, member) ? ("follows" as const) : ("none" as const),
});

type DeltaMethod = Exclude<StagingMethod, { readonly method: "present" | "full" }>;

/** Undefined when the delta is not worth a base. */
const stageByDelta = async (
  operation: Operation,
  member: FleetMember,
  shipment: Shipment,
  chosen: DeltaMethod,
): Promise<StagedState | undefined> => {
  if (operation.delivery.sealedOnly) return undefined;
  const context = operation.context("stage", member.id);
  const lender = lenderOf(member, chosen.base);
  const from = { base: chosen.base.manifest, lender: lender?.manifest };
  const [delta, whole] = await Promise.all([shipment.delta(from, context), shipment.whole(context)]);
  if (!isWorthwhile(delta.archive.sizeBytes, whole.sizeBytes)) return undefined;
  try {
    return await sendDelta(operation, member, shipment, { ...chosen, lender: lender?.id, from }, delta);
  } catch (error) {
    // The instance's base differs in files that the delta leaves alone: it has named them, and they go along now.
    const manifest = await shipment.manifest(context);
    const names = neededOf(error).filter((name) => isFile(manifest, name));
    if (names.length === 0) throw error;
    const supplement = await buffer((await shipment.archiveOf(names, context)).open());
    return await sendDelta(operation, member, shipment, { ...chosen, from }, delta, supplement);
  }
};

const neededOf = (error: unknown): readonly string[] =>
  HawserError.is(error, "HWS_HOST_BASE_CHANGED") && Array.isArray(error.details.needed)
    ? error.details.needed
    : [];

interface ChosenDelta {
  readonly method: "recycle" | "clone";
  readonly base: HeldRelease;
  readonly lender?: string | undefined;
  /** The manifests of both. */
  readonly from: DeltaSources;
}

const sendDelta = async (
  operation: Operation,
  member: FleetMember,
  shipment: Shipment,
  { method, base, lender, from }: ChosenDelta,
  delta: Delta,
  supplement?: Buffer,
): Promise<StagedState> => {
  const context = operation.context("stage", member.id);
  const stored = async () =>
    operation.delivery.pullsDelta(member, delta.archive.sizeBytes, operation.fleet.working.length)
      ? await shipment.storedDelta(from, context)
      : undefined;
  const { state } = await stageWith(
    operation,
    member,
    {
      ...request(operation, member, shipment),
      method,
      base: base.id,
      ...(lender !== undefined && { lender }),
      manifest: { form: "delta", gzip: delta.manifest },
      ...(supplement !== undefined && { supplement }),
    },
    { stored, sent: async () => ({ form: "tar.gz", ...delta.archive }) },
    context,
  );
  return state;
};

const isFile = (manifest: Manifest, name: string): boolean => {
  const mode = manifest.get(name)?.mode;
  return mode !== undefined && mode !== "dir";
};

const stageWhole = async (
  operation: Operation,
  member: FleetMember,
  shipment: Shipment,
): Promise<StagedState> => {
  const context = operation.context("stage", member.id);
  const manifest = await shipment.manifestFor(member, context);
  const { state } = await stageWith(
    operation,
    member,
    {
      ...request(operation, member, shipment),
      method: "full",
      manifest,
    },
    {
      stored: () => shipment.storedWhole(member, context),
      sent: async () => {
        const { form, parcel } = await shipment.wholeFor(member, context);
        return { form, ...parcel };
      },
    },
    context,
  );
  return state;
};
