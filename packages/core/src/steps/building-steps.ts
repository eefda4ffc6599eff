import { join } from "node:path";
import { compressArtifact } from "../artifact/stored-form.ts";
import type { OperationContext } from "../contracts/common.ts";
import { buildKey, contentKey } from "../engine/build.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { Shipment } from "../fleet/shipment.ts";
import { refuseWithoutConsent } from "./consent.ts";
import { type Flow, openShipment, shipmentOf } from "./flow.ts";
import { fetchTree, packPrepared, prepareTree, resolve } from "./source-steps.ts";
import { defineStep, type Step } from "./step.ts";

const folder = { type: "object", required: ["directory"], properties: { directory: { type: "string" } } };
const named = { type: "object", required: ["id"], properties: { id: { type: "string" } } };
const digested = { type: "object", required: ["digest"], properties: { digest: { type: "string" } } };

/** resolve → fetch → prepare → pack: once, on the deployer. Nothing outside its own folders is changed. */
export const buildingSteps = (flow: Flow): Step[] => [
  defineStep({
    name: "resolve",
    gives: { revision: named },
    run: async (_, context) => {
      const revision =
        flow.request.revision ?? (await resolve(flow.operation.desk, flow.request.ref, context));
      await reuseStored(flow, revision.exact ? revision.id : undefined, context);
      flow.operation.revision = flow.shipment?.record.revision ?? revision;
      return { revision: flow.operation.revision };
    },
  }),
  defineStep({
    name: "fetch",
    needs: ["revision"],
    gives: { tree: folder },
    run: async ({ revision }, context) =>
      flow.shipment === undefined
        ? { tree: { directory: await fetchTree(flow.workshop, revision, context) } }
        : stored("tree"),
  }),
  defineStep({
    name: "prepare",
    needs: ["tree", "revision"],
    gives: { prepared: folder },
    run: async ({ tree, revision }, context) => {
      if (flow.shipment !== undefined) return stored("prepared");
      await prepareTree(flow.workshop, tree.directory, revision, context);
      return { prepared: tree };
    },
  }),
  defineStep({
    name: "pack",
    needs: ["prepared", "revision"],
    gives: { artifact: digested },
    run: async ({ prepared }, context) => {
      if (flow.shipment !== undefined) {
        const { artifact, artifactBytes } = flow.shipment.record;
        const { tar } = Shipment.paths(flow.workshop.artifacts, artifact);
        refuseOtherBytes(flow.request.artifact, artifact);
        return { artifact: { digest: artifact, sizeBytes: artifactBytes, path: tar } };
      }
      const created = Math.floor(Date.now() / 1000);
      flow.packed = await packPrepared(flow.workshop, prepared.directory, flow.previous, created, context);
      const { digest, sizeBytes, path } = flow.packed;
      refuseOtherBytes(flow.request.artifact, digest);
      return { artifact: { digest, sizeBytes, path } };
    },
  }),
];

/** The bytes that go out must be those that were looked at, when they were. */
const refuseOtherBytes = (planned: string | undefined, artifact: string): void => {
  if (planned !== undefined && planned !== artifact)
    throw engineErrors.HWS_PLAN_STALE([
      "its bytes are others now than those that were looked at; does `prepare` always make the same of one revision?",
    ]);
};

/** Facts of a release that is used again: there is no tree, and a step that looks for one is told so by the path. */
const stored = (fact: "tree" | "prepared") => ({ [fact]: { directory: "" } });

/** The same exact revision with the same prepare inputs was built before: its release goes out again. */
const reuseStored = async (
  flow: Flow,
  revision: string | undefined,
  context: OperationContext,
): Promise<void> => {
  if (flow.shipment !== undefined || revision === undefined || flow.request.rebuild === true) return;
  const { desk, plan } = flow.operation;
  const key = buildKey(desk.config, plan, revision);
  const id = await desk.stores.releases.recall(key, context);
  if (id === undefined) return;
  const shipment = await openShipment(flow.operation, flow.workshop.artifacts, id, context);
  // Builds are remembered without a signature: what the release itself says decides.
  if (shipment.record.revision.id !== revision) return;
  await refuseWithoutConsent(desk, id, flow.request);
  flow.shipment = shipment;
};

/** store: artifact, manifest, then the record that names them; nothing names what is not durable. */
export const storeStep = (flow: Flow): Step =>
  defineStep({
    name: "store",
    needs: ["artifact", "revision", "fleet"],
    gives: { release: named },
    run: async ({ revision }, context) => {
      const { operation, packed, workshop } = flow;
      const { releases } = operation.stores;
      operation.planDigest = await releases.putPlan(operation.plan, context);
      if (flow.shipment === undefined && packed !== undefined && flow.request.rebuild !== true) {
        const id = revision.exact
          ? undefined
          : await releases.recall(contentKey(operation.desk.config, packed.digest), context);
        const known = id && (await openShipment(operation, workshop.artifacts, id, context));
        if (known && known.record.artifact === packed.digest) {
          await refuseWithoutConsent(operation.desk, known.id, flow.request);
          flow.shipment = known;
        }
      }
      if (flow.shipment === undefined && packed !== undefined) await storeBuilt(flow, context);
      if (await isReplanned(flow, context)) await storeAgain(flow, context);
      const { record } = flow.shipped;
      return { release: { id: record.id, artifact: record.artifact, revision: record.revision.id } };
    },
  });

/** The releases that are on instances, whatever storage knows of them. */
const heldIds = (fleet: Fleet): string[] =>
  fleet.working.flatMap(({ survey }) => survey?.releases.map(({ id }) => id) ?? []);

const storeBuilt = async (flow: Flow, context: OperationContext): Promise<void> => {
  const { operation, packed, workshop } = flow;
  const { releases } = operation.stores;
  const { revision } = operation;
  if (packed === undefined || revision === undefined) return;
  await storeArtifact(flow, context);
  await releases.putManifest(packed.manifest.bytes, context);
  const stored = await releases.allocate(
    (id) => ({
      id,
      application: operation.desk.config.application,
      revision,
      artifact: packed.digest,
      artifactBytes: packed.sizeBytes,
      manifest: packed.manifest.digest,
      manifestBytes: packed.manifest.bytes.length,
      entries: packed.manifest.entries.length,
      filesBytes: packed.manifest.filesBytes,
      created: Math.floor(Date.now() / 1000),
      ...(flow.request.message !== undefined && { message: flow.request.message }),
    }),
    context,
    heldIds(operation.fleet),
  );
  const key = revision.exact
    ? buildKey(operation.desk.config, operation.plan, revision.id)
    : contentKey(operation.desk.config, packed.digest);
  await releases.remember(key, stored.record.id, context);
  flow.shipment = shipmentOf(operation, workshop.artifacts, stored, packed.manifest);
};

/** The release is in service, but with another install plan: its directories cannot be installed again in place. */
const isReplanned = async (
  { operation, shipment, request }: Flow,
  context: OperationContext,
): Promise<boolean> => {
  if (shipment === undefined || request.verb !== "deploy" || operation.resumed) return false;
  const desired = (await operation.stores.desired.read(context))?.state;
  return desired?.release === shipment.id && desired.plan !== operation.planDigest;
};

/** The same bytes as a release of its own, so that the changed plan runs in fresh directories. */
const storeAgain = async (flow: Flow, context: OperationContext): Promise<void> => {
  const { operation, workshop } = flow;
  const { record: old } = flow.shipped;
  const { message } = flow.request;
  const { message: _, ...kept } = old;
  const stored = await operation.stores.releases.allocate(
    (id) => ({
      ...kept,
      id,
      created: Math.floor(Date.now() / 1000),
      ...(message !== undefined && { message }),
    }),
    context,
    heldIds(operation.fleet),
  );
  const key = old.revision.exact
    ? buildKey(operation.desk.config, operation.plan, old.revision.id)
    : contentKey(operation.desk.config, old.artifact);
  await operation.stores.releases.remember(key, stored.record.id, context);
  flow.shipment = shipmentOf(operation, workshop.artifacts, stored);
};

const storeArtifact = async (flow: Flow, context: OperationContext): Promise<void> => {
  const { operation, packed, workshop } = flow;
  if (packed === undefined) return;
  const { releases } = operation.stores;
  if (await releases.hasArtifact(packed.digest, context)) return;
  const { stored: output } = Shipment.paths(workshop.artifacts, packed.digest);
  const members = join(workshop.artifacts, "last.members");
  const { sizeBytes, sha256 } = await compressArtifact({ path: packed.path, output, members }, context);
  await releases.putArtifact(
    { digest: packed.digest, form: "tar.gz", path: output, sizeBytes, sha256 },
    context,
  );
};
