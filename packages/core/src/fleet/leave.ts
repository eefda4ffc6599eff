import type { InstallPlan, PlanCommand } from "../contracts/installer.ts";
import type { Operation } from "../engine/operation.ts";
import { commandErrors } from "../errors/command-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { appliesTo, awaitStarted, type CommandCall, runPhase } from "./commands.ts";
import type { LeftRelease } from "./left-release.ts";
import type { FleetMember } from "./member.ts";
import { forgetPhase, runPhaseAgain } from "./second-start.ts";
import type { SwitchTarget } from "./switch.ts";

/** Runs the `leave` commands of what the member runs, before it is switched to something else. */
export const leave = async (
  operation: Operation,
  member: FleetMember,
  target: SwitchTarget,
): Promise<void> => {
  if (!leaves(member, target)) return;
  await forgetWayBack(operation, member, target);
  const left = await operation.leftRelease(member.release);
  if (left?.plan === undefined) return;
  try {
    await run(operation, member, left, "leave", byPresentWord(left.plan.leave, operation.plan));
  } catch (error) {
    if (!HawserError.is(error) || !error.code.startsWith("HWS_COMMAND_")) throw error;
    const { instance, step, output, message } = error;
    throw commandErrors.HWS_LEAVE_FAILED([left.release, message], {
      ...(instance !== undefined && { instance }),
      ...(step !== undefined && { step }),
      ...(output !== undefined && { output }),
      cause: error,
    });
  }
};

/**
 * The same for a release that is given up, `rollback` commands first where it is the one that failed. A failure of what is
 * given up must not keep anybody on it: it is a warning.
 */
export const giveUp = async (
  operation: Operation,
  member: FleetMember,
  target: SwitchTarget,
  failed: LeftRelease | undefined,
): Promise<void> => {
  if (!leaves(member, target)) return;
  await forgetWayBack(operation, member, target);
  const isFailed = failed?.release === member.release;
  const left = isFailed ? failed : await operation.leftRelease(member.release);
  if (left?.plan === undefined) return;
  if (isFailed) await runOrWarn(operation, member, left, "rollback", left.plan.rollback);
  await runOrWarn(operation, member, left, "leave", left.plan.leave);
};

/**
 * Whether this run began to leave what the member still runs, as the instance recorded it: what `leave` commands ended must
 * be started again. Waits for one that still runs, and starts none.
 */
export const hasBegunToLeave = async (operation: Operation, member: FleetMember): Promise<boolean> => {
  if (member.release === null || !(member.switched || operation.resumed)) return false;
  const left = await operation.leftRelease(member.release);
  if (left?.plan === undefined) return false;
  let begun = false;
  for (const command of left.plan.leave.filter((each) => appliesTo(each, member)))
    if (await awaitStarted(operation, member, command, callOf(left, "leave"))) begun = true;
  return begun;
};

/** What was left and then started again is left anew by whoever comes next. */
export const forgetLeaving = async (operation: Operation, member: FleetMember): Promise<void> => {
  if (member.release !== null) await forgetPhase(operation, member, "leave", member.release);
};

const leaves = (
  member: FleetMember,
  target: SwitchTarget,
): member is FleetMember & { readonly release: string } =>
  member.release !== null && member.release !== target.current;

/** The config that is deployed may say of an old command, by its name, that it may fail: its own plan cannot be changed. */
const byPresentWord = (commands: readonly PlanCommand[], present: InstallPlan): readonly PlanCommand[] =>
  commands.map((command) =>
    present.leave.some(({ name, mayFail }) => name === command.name && mayFail === true)
      ? { ...command, mayFail: true }
      : command,
  );

const callOf = ({ release, revision, plan }: LeftRelease, phase: string): CommandCall => ({
  phase,
  release,
  revision,
  inCurrent: true,
  ...(plan !== undefined && { plan }),
});

const run = async (
  operation: Operation,
  member: FleetMember,
  left: LeftRelease,
  phase: "leave" | "rollback",
  commands: readonly PlanCommand[],
): Promise<void> => {
  if (!commands.some((command) => appliesTo(command, member))) return;
  operation.reporter.instance(member, "switching");
  // From here on it is not as before, whatever `current` says.
  member.switched = true;
  const start = phase === "leave" ? runPhaseAgain : runPhase;
  await start(operation, member, commands, callOf(left, phase));
};

const runOrWarn: typeof run = async (operation, member, left, phase, commands) => {
  try {
    await run(operation, member, left, phase, commands);
  } catch (error) {
    operation.signal.throwIfAborted();
    operation.reporter.warnError(error, { instance: member.id, step: phase });
  }
};

/**
 * A run that is resumed or put back may go the same way more than once: what it recorded of commands that led the other way
 * must not answer for those that come now.
 */
const forgetWayBack = async (
  operation: Operation,
  member: FleetMember & { readonly release: string },
  { current }: SwitchTarget,
): Promise<void> => {
  if (!operation.resumed && !member.switched) return;
  await forgetPhase(operation, member, "activate", member.release);
  if (current !== null && !current.startsWith("foreign "))
    for (const phase of ["leave", "rollback"]) await forgetPhase(operation, member, phase, current);
};
