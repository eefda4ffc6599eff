import type { HeldRelease } from "../host/host.ts";
import { retained } from "../state/retention.ts";
import type { FleetMember } from "./member.ts";
import type { Retention } from "./retention.ts";
import type { Shipment } from "./shipment.ts";

/** How a release directory comes to be on one instance. */
export type StagingMethod = { readonly method: "present"; readonly state: HeldRelease["state"] } | AnewMethod;

/** How one comes to be that is not there. */
type AnewMethod =
  | { readonly method: "full" }
  | { readonly method: "recycle" | "clone"; readonly base: HeldRelease };

/** The releases of an instance that retention deletes once one more good release is there. */
const superfluous = (held: readonly HeldRelease[], retention: Retention): HeldRelease[] => {
  const kept = retained({
    present: held.map(({ id }) => id),
    good: retention.good,
    needed: retention.protected,
    keep: retention.keep - 1,
  });
  return held.filter(({ id }) => !kept.has(id));
};

const newest = (releases: readonly HeldRelease[]): HeldRelease | undefined =>
  releases.reduce<HeldRelease | undefined>(
    (best, release) => (best === undefined || release.id > best.id ? release : best),
    undefined,
  );

/** Picks the cheapest way: nothing, recycle what retention would delete, clone the newest, or the whole archive. */
export const chooseMethod = (
  member: FleetMember,
  shipment: Shipment,
  retention: Retention,
  resumedHere: boolean,
): StagingMethod => {
  const held = member.survey?.releases ?? [];
  const same = held.find(({ id }) => id === shipment.id);
  if (same !== undefined && same.manifest === shipment.record.manifest) {
    if (same.state !== "installing" || resumedHere) return { method: "present", state: same.state };
    // An install that another run left half-way is never gone on with: the directory is made clean again.
    return { method: "recycle", base: same };
  }
  return chooseBase(
    held.filter(({ id }) => id !== shipment.id),
    retention,
  );
};

/** The cheapest way for a release that is not here yet. */
export const chooseBase = (held: readonly HeldRelease[], retention: Retention): AnewMethod => {
  const recycled = newest(superfluous(held, retention));
  if (recycled !== undefined) return { method: "recycle", base: recycled };
  const cloned = newest(held.filter(({ state }) => state === "installed"));
  return cloned === undefined ? { method: "full" } : { method: "clone", base: cloned };
};

/**
 * The release out of which the instance copies what the base lacks and it has: the one in service, which is nearest to
 * what comes. A recycled base is as old as retention allows, and what changed since need not be sent again.
 */
export const lenderOf = (member: FleetMember, base: HeldRelease): HeldRelease | undefined => {
  const { current, releases = [] } = member.survey ?? {};
  const held = releases.find(({ id }) => current?.kind === "release" && id === current.release);
  return held === undefined || held.id === base.id ? undefined : held;
};

/** A delta larger than this share of the whole archive is not worth a base. */
const worthwhileShare = 0.6;

export const isWorthwhile = (deltaBytes: number, wholeBytes: number): boolean =>
  deltaBytes <= wholeBytes * worthwhileShare;
