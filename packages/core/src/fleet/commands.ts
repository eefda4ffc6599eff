import type { InstallPlan, PlanCommand } from "../contracts/installer.ts";
import { runsFor } from "../contracts/plan-phases.ts";
import type { Operation } from "../engine/operation.ts";
import type { Reporter } from "../engine/reporter.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { environmentOf, placeWith } from "./command-place.ts";
import type { FleetMember } from "./member.ts";

/** What a command is run for: its phase names it in logs and records. */
export interface CommandCall {
  readonly phase: string;
  /** The release whose directory it runs in. */
  readonly release: string;
  readonly revision: string;
  /** Runs in `current` instead of the release's own directory. */
  readonly inCurrent?: boolean;
  /** Never starts the command: only asks how one that was started before ended. */
  readonly attachOnly?: boolean;
  /** Whose command it is: its environment, user and secrets count. Default: the plan of the operation. */
  readonly plan?: InstallPlan;
  /** How the records on the instance begin, where they are not the run's own. */
  readonly records?: string;
}

export const appliesTo = (command: PlanCommand, member: FleetMember): boolean =>
  runsFor(command, member.instance.roles);

/** Whether anything happens in the release's directory between staging it and activating it. */
export const hasInstall = ({ plan, desk }: Operation, member: FleetMember): boolean =>
  plan.shared.length + plan.writable.length + plan.generated.length > 0 ||
  plan.install.some((command) => appliesTo(command, member)) ||
  // A step of the config may work there too.
  Object.keys(desk.config.steps).length > 0;

/** How many bytes of the last output an error carries. */
const tailBytes = 4096;

/** How the records of a phase's commands begin on the instance. */
export const commandPrefix = (operation: Operation, phase: string, release: string): string =>
  `${operation.journal.run}.${phase}.${release}.`;

/** The record of a command on the instance: a run that resumes attaches to it instead of starting it again. */
const commandKey = (operation: Operation, command: PlanCommand, call: CommandCall): string =>
  `${call.records ?? commandPrefix(operation, call.phase, call.release)}${command.name}`;

/** How a command ended. */
export interface CommandEnd {
  readonly exit: number;
  readonly timedOut: boolean;
  /** The last lines of its output. */
  readonly tail: string;
}

/** Runs one command on one instance; its output goes to the events and the run's log. */
export const runCommand = async (
  operation: Operation,
  member: FleetMember,
  command: PlanCommand,
  call: CommandCall,
): Promise<CommandEnd> => {
  await operation.guard();
  const decoder = new TextDecoder();
  const redacted = operation.desk.redactor.stream();
  let tail = "";
  const hear = (text: string) => {
    if (text === "") return;
    tail = (tail + text).slice(-tailBytes);
    operation.reporter.emit({
      type: "output",
      instance: member.id,
      step: call.phase,
      command: command.name,
      text,
    });
    operation.log.write(member.id, { step: call.phase, command: command.name, text });
  };
  const plan = call.plan ?? operation.plan;
  const user = command.user === undefined ? plan.user : (command.user ?? undefined);
  const base = call.inCurrent === true ? "current" : `release:${call.release}`;
  const reply = await member.openHost.command(
    {
      epoch: operation.lock.epoch,
      key: commandKey(operation, command, call),
      name: command.name,
      script: command.run,
      directory: command.cwd === undefined ? base : `${base}/${command.cwd}`,
      ...(user !== undefined && { user }),
      env: environmentOf(placeWith(operation, plan), member, call, command.env),
      timeoutMs: command.timeoutMs,
      ...(call.attachOnly === true && { attachOnly: true }),
    },
    {
      ...operation.context(`${call.phase} ${command.name}`, member.id),
      output: (chunk) => hear(redacted.push(decoder.decode(chunk, { stream: true }))),
    },
  );
  hear(redacted.push(decoder.decode()) + redacted.end());
  return { exit: reply.exit, timedOut: reply.timedOut, tail };
};

/** Whether a command was ever started on an instance, as its record there says. Waits for one that runs, and starts none. */
export const awaitStarted = async (
  operation: Operation,
  member: FleetMember,
  command: PlanCommand,
  call: CommandCall,
): Promise<boolean> => {
  try {
    await runCommand(operation, member, command, { ...call, attachOnly: true });
    return true;
  } catch (error) {
    if (!HawserError.is(error, "HWS_HOST_COMMAND_LOST")) throw error;
    return false;
  }
};

/** What is wrong with how a command ended; undefined when nothing is. */
const failureOf = (
  command: PlanCommand,
  { exit, timedOut, tail }: CommandEnd,
  { phase }: Pick<CommandCall, "phase">,
  instance?: string,
): HawserError | undefined => {
  if (exit === 0) return undefined;
  const where = { ...(instance !== undefined && { instance }), step: phase, output: tail };
  return timedOut
    ? engineErrors.HWS_COMMAND_TIMED_OUT([command.name, phase, command.timeoutMs], where)
    : engineErrors.HWS_COMMAND_FAILED([command.name, phase, exit], where);
};

/** A command that failed ends what it was run for, unless it may fail: then it is a warning. */
export const judgeEnd = (
  command: PlanCommand,
  end: CommandEnd,
  call: Pick<CommandCall, "phase">,
  { reporter, instance }: { readonly reporter: Reporter; readonly instance?: string },
): void => {
  const failure = failureOf(command, end, call, instance);
  if (failure === undefined) return;
  if (command.mayFail !== true) throw failure;
  reporter.warnError(failure);
};

/** That it failed, could not be started, or that its end is not known: anything else is no matter of the command. */
const ofTheCommand = /^HWS_(COMMAND_|HOST_(COMMAND_LOST|PERMISSION|REQUEST|STATE|TOOL_MISSING)$)/;

const runWell = async (
  operation: Operation,
  member: FleetMember,
  command: PlanCommand,
  call: CommandCall,
): Promise<void> => {
  const failure = failureOf(command, await runCommand(operation, member, command, call), call, member.id);
  if (failure !== undefined) throw failure;
};

/** Runs a phase's commands in order on one instance; the first that fails ends it, unless it may fail. */
export const runPhase = async (
  operation: Operation,
  member: FleetMember,
  commands: readonly PlanCommand[],
  call: CommandCall,
): Promise<void> => {
  for (const command of commands) {
    if (!appliesTo(command, member)) continue;
    try {
      await runWell(operation, member, command, call);
    } catch (error) {
      const mayFail = command.mayFail === true && HawserError.is(error) && ofTheCommand.test(error.code);
      if (!mayFail) throw error;
      operation.reporter.warnError(error, { instance: member.id, step: call.phase });
    }
  }
};
