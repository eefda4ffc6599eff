import type { OperationContext } from "../contracts/common.ts";
import type { InstallPlan } from "../contracts/installer.ts";
import type { Desk, Operation } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { CheckRequest } from "../host/host-requests.ts";
import { type CommandPlace, environmentOf, placeWith } from "./command-place.ts";
import type { DrainGate } from "./drain-gate.ts";
import type { FleetMember } from "./member.ts";
import { runPhaseAgain } from "./second-start.ts";

/** What `current` is to become on an instance, and the plan that belongs to it. */
export interface SwitchTarget {
  /** A release id, `foreign <path>`, or null for no `current` at all. */
  readonly current: string | null;
  readonly revision: string;
  readonly plan: InstallPlan;
}

const drainable = ({ desk }: Operation, { instance }: FleetMember): boolean =>
  desk.config.rollout.drain !== "never" && desk.providers.balancers.carries(instance);

/** Takes the member out of the load balancers it is in; an instance that nobody asks is left as it is. */
export const drain = async (operation: Operation, member: FleetMember, gate: DrainGate): Promise<void> => {
  if (!drainable(operation, member)) return;
  await gate.drain(member);
};

/** One rename on the instance, then the `activate` commands of what is now current. */
export const activate = async (
  operation: Operation,
  member: FleetMember,
  target: SwitchTarget,
): Promise<void> => {
  operation.reporter.instance(member, "switching");
  const epoch = operation.lock.epoch;
  const context = operation.context("activate", member.id);
  await operation.guard();
  member.switched = true;
  const foreign = target.current?.startsWith("foreign ")
    ? target.current.slice("foreign ".length)
    : undefined;
  await member.openHost.activate(
    foreign === undefined
      ? { epoch, release: target.current ?? "none" }
      : { epoch, release: "foreign", target: foreign },
    context,
  );
  member.release = foreign === undefined ? target.current : null;
  operation.reporter.instance(member);
  if (target.current === null || foreign !== undefined) return;
  await runPhaseAgain(operation, member, target.plan.activate, {
    phase: "activate",
    release: target.current,
    revision: target.revision,
    inCurrent: true,
    plan: target.plan,
  });
};

const checkIntervalMs = 1_000;

/** How a member of a place is asked how it is; undefined when the plan has no check. */
export const checkOf = (
  place: CommandPlace,
  member: FleetMember,
  call: { readonly release: string; readonly revision: string },
): CheckRequest | undefined => {
  const wanted = place.plan.check;
  if (wanted === undefined) return undefined;
  const user = wanted.user ?? place.plan.user;
  return {
    ...(wanted.http !== undefined && { http: wanted.http }),
    ...(wanted.status !== undefined && { status: wanted.status }),
    ...(wanted.body !== undefined && { body: wanted.body }),
    ...(wanted.release === true && { release: call.release }),
    ...(wanted.headers !== undefined && { headers: wanted.headers }),
    ...(wanted.command !== undefined && {
      command: wanted.command,
      directory: "current",
      env: environmentOf(place, member, call),
    }),
    ...(user !== undefined && { user }),
    timeoutMs: wanted.timeoutMs,
    stableMs: wanted.stableMs,
    intervalMs: checkIntervalMs,
  };
};

/** Asks the member how it is, and throws when it is not well; `keep` is given what its check saw then. */
export const mustBeHealthy = async (
  member: FleetMember,
  wanted: CheckRequest,
  { reporter, redactor }: Desk,
  context: OperationContext,
  keep: (text: string) => void = () => {},
): Promise<void> => {
  reporter.instance(member, "checking");
  const { healthy, detail, output } = await member.openHost.check(wanted, context);
  member.healthy = healthy ? "yes" : "no";
  if (healthy) return;
  const said = redactor.redact(output).trim();
  if (said !== "") keep(`${said}\n`);
  throw engineErrors.HWS_CHECK_FAILED([detail], {
    instance: member.id,
    step: "check",
    // A single line stands in the message already.
    ...(!redactor.redact(detail).endsWith(said) && { output: said }),
  });
};

/** The health of the instance as it sees itself; what a failed check saw is kept in the run's log. */
export const check = async (
  operation: Operation,
  member: FleetMember,
  target: SwitchTarget,
): Promise<void> => {
  if (target.current === null || target.current.startsWith("foreign ")) return;
  const place = placeWith(operation, target.plan);
  const wanted = checkOf(place, member, { release: target.current, revision: target.revision });
  if (wanted === undefined) return;
  await mustBeHealthy(member, wanted, operation.desk, operation.context("check", member.id), (text) =>
    operation.log.write(member.id, { step: "check", command: "check", text }),
  );
};
