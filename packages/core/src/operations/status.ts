import { decodeName } from "../artifact/name.ts";
import type { StatusRequest } from "../contracts/engine-requests.ts";
import type { ErrorReport, Outcome, RunResult } from "../contracts/events.ts";
import type { Desk } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { summary } from "../fleet/balancers.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { FleetMember } from "../fleet/member.ts";
import type { DesiredState } from "../state/desired.ts";
import type { Drain } from "../state/drains.ts";
import { expiryWarning } from "../state/expiry.ts";
import type { Held } from "../state/hold.ts";
import { type Maintained, maintenanceReport } from "../state/maintenance.ts";
import { holdReport } from "./holds.ts";
import { nextCommands } from "./next-commands.ts";
import { resultOf } from "./result.ts";
import { isWorkedOn, tellUnderWay } from "./under-way.ts";
import { openFleet } from "./workplace.ts";

/** What storage says, as far as it answers. */
interface Wanted {
  readonly state: DesiredState | undefined;
  /** The run that its deployer left open. */
  readonly open: string | undefined;
  /** Somebody works on a run right now. */
  readonly underWay: boolean;
  readonly hold: Held | undefined;
  readonly maintained: Maintained | undefined;
  /** Whom people took out of the load balancers. */
  readonly drains: ReadonlyMap<string, Drain>;
  /** Storage did not answer: what is desired is unknown. */
  readonly silent: ErrorReport | undefined;
}

const nothing: Wanted = {
  state: undefined,
  open: undefined,
  underWay: false,
  hold: undefined,
  maintained: undefined,
  drains: new Map(),
  silent: undefined,
};

/** What every instance runs, its health, its place in the load balancer and what was changed in its release. */
export const status = async (desk: Desk, request: StatusRequest): Promise<RunResult> => {
  const began = performance.now();
  const context = desk.reporter.operation(desk.control.signal, "status");
  await using fleet = openFleet(desk, false);
  const [wanted, unseen] = await Promise.all([readWanted(desk), look(desk, fleet)]);
  for (const member of fleet.members) member.drain = wanted.drains.get(member.id);
  if (unseen !== undefined)
    return resultOf(desk, "status", began, {
      outcome: "untouched",
      exitCode: 4,
      error: unseen,
      ...desiredOf(wanted),
    });
  await fleet.each(fleet.working, (member) => inspect(member, desk, request), context).catch(() => undefined);
  const split = releasesDiffer(fleet.working, wanted);
  const silent = fleet.members.filter(({ state }) => state === "unreachable").map(({ id }) => id);
  const unlooked = silent.length > 0 ? engineErrors.HWS_FLEET_UNREACHABLE([silent]).report() : wanted.silent;
  const nobody = fleet.members.length === 0 ? engineErrors.HWS_FLEET_EMPTY([]).report() : undefined;
  const error = split ?? unlooked ?? nobody;
  const outcome = split !== undefined ? "split" : error !== undefined ? "untouched" : "done";
  const exitCode = split !== undefined ? 3 : error !== undefined ? 4 : 0;
  return resultOf(desk, "status", began, {
    outcome,
    exitCode,
    release: wanted.state?.release ?? null,
    instances: fleet.members.map((member) => member.result()),
    next: next(desk, wanted, outcome),
    ...desiredOf(wanted),
    ...(error !== undefined && { error }),
  });
};

const desiredOf = (wanted: Wanted) => ({
  desired: wanted.silent === undefined ? (wanted.state?.release ?? null) : "unknown",
  run: wanted.open ?? null,
  ...(wanted.hold !== undefined && { hold: holdReport(wanted.hold) }),
  ...(wanted.maintained !== undefined && { maintenance: maintenanceReport(wanted.maintained) }),
});

/** Maintenance that a run left behind when it ended is nobody's to end but a person's. */
const next = (desk: Desk, { open, maintained, underWay }: Wanted, outcome: Outcome): string[] => {
  const run = open ?? null;
  const left = underWay ? undefined : maintained;
  return nextCommands(desk, { outcome, run, open: open !== undefined, maintained: left });
};

const readWanted = async (desk: Desk): Promise<Wanted> => {
  const { stores } = desk;
  const context = desk.reporter.operation(desk.control.signal, "storage");
  try {
    const [found, open, lock, hold, maintained, drains] = await Promise.all([
      stores.desired.read(context),
      stores.runs.open(context),
      stores.lock.read(context),
      stores.hold.read(context),
      stores.maintenance.read(context),
      stores.drains.list(context),
    ]);
    if (open !== undefined && lock !== undefined && isWorkedOn(open.run, lock)) {
      desk.reporter.warn(tellUnderWay(open.run, lock).report());
      return { ...nothing, state: found?.state, hold, maintained, underWay: true, drains };
    }
    const expiry = found && expiryWarning(found.state);
    if (expiry !== undefined) desk.reporter.warn(expiry.report());
    if (open !== undefined) desk.reporter.warn(engineErrors.HWS_RUN_OPEN([open.run]).report());
    return { ...nothing, state: found?.state, open: open?.run, hold, maintained, drains };
  } catch (error) {
    desk.control.signal.throwIfAborted();
    const silent = asHawserError(error).report();
    desk.reporter.warn(silent);
    return { ...nothing, silent };
  }
};

/** Lists and surveys the fleet and asks the load balancers; gives why it could not be looked at. */
const look = async (desk: Desk, fleet: Fleet): Promise<ErrorReport | undefined> => {
  const context = desk.reporter.operation(desk.control.signal, "survey");
  try {
    await fleet.survey(await fleet.list(context), context);
  } catch (error) {
    return asHawserError(error).report();
  }
  await askBalancers(desk, fleet).catch((error) => desk.reporter.warnError(error, { step: "status" }));
  return undefined;
};

const askBalancers = async (desk: Desk, fleet: Fleet): Promise<void> => {
  const context = desk.reporter.operation(desk.control.signal, "load balancer");
  const states = await desk.providers.balancers.states(
    fleet.members.map(({ instance }) => instance),
    context,
  );
  for (const member of fleet.members) {
    const membership = states.get(member.id);
    if (membership === undefined) continue;
    member.loadBalancer = summary(membership.balancers);
    member.healthy = membership.healthy;
  }
};

const checkLimitMs = 5_000;

const inspect = async (member: FleetMember, desk: Desk, request: StatusRequest): Promise<void> => {
  const context = desk.reporter.operation(desk.control.signal, "status", member.id);
  const release = member.survey?.current.release;
  if (release !== undefined) {
    if (request.drift !== false) {
      const { differing } = await member.openHost.verify({ release }, context);
      member.drift = differing.map(({ name }) => decodeName(name).toString());
    }
    await askHealth(member, desk);
  }
  desk.reporter.instance(member, release === undefined ? member.state : "active");
};

/** An instance behind no load balancer is asked itself, when the config says how. */
const askHealth = async (member: FleetMember, desk: Desk): Promise<void> => {
  const wanted = desk.providers.installer.plan({ roles: [] }).check;
  if (member.healthy === "yes" || member.healthy === "no" || wanted?.http === undefined) return;
  const reply = await member.openHost.check(
    {
      http: wanted.http,
      ...(wanted.status !== undefined && { status: wanted.status }),
      ...(wanted.body !== undefined && { body: wanted.body }),
      ...(wanted.headers !== undefined && { headers: wanted.headers }),
      timeoutMs: Math.min(wanted.timeoutMs, checkLimitMs),
      stableMs: 0,
      intervalMs: 500,
    },
    desk.reporter.operation(desk.control.signal, "check", member.id),
  );
  member.healthy = reply.healthy ? "yes" : "no";
};

const releasesDiffer = (members: readonly FleetMember[], wanted: Wanted): ErrorReport | undefined => {
  const releases = new Set(members.map(({ release }) => release));
  const wrong =
    wanted.state !== undefined && members.some(({ release }) => release !== wanted.state?.release);
  if (releases.size <= 1 && !wrong) return undefined;
  const named = members.map(({ id, release }) => `${id} ${release ?? "none"}`).join(", ");
  return engineErrors.HWS_RESULT_SPLIT([named]).report();
};
