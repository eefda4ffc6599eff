import type { OnceCommand } from "../contracts/installer.ts";
import type { Operation } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { hasStarted, type OnceRecord } from "../state/once.ts";
import {
  appliesTo,
  type CommandCall,
  type CommandEnd,
  commandPrefix,
  judgeEnd,
  runCommand,
} from "./commands.ts";
import { enterMaintenance } from "./maintenance.ts";
import type { FleetMember } from "./member.ts";
import { underOnceLock } from "./once-lock.ts";
import { isNeeded } from "./once-need.ts";

/** From here on an exit code says that a signal ended the command: what it did is not known. */
const killedExit = 128;

const chooseMember = (operation: Operation, command: OnceCommand): FleetMember => {
  const member = operation.fleet.working.find((candidate) => appliesTo(command, candidate));
  if (member === undefined)
    throw engineErrors.HWS_ONCE_NO_INSTANCE([command.name, command.roles?.join(", ") ?? "any"]);
  return member;
};

/**
 * Runs a command once for (environment, release, command), under its own lock where it names one. Its start is recorded
 * before it starts; a start without a recorded end is never run again by itself: the instance that ran it is asked how it
 * ended, and if that is not known either, a person settles it.
 */
export const runOnce = async (
  operation: Operation,
  command: OnceCommand,
  call: CommandCall,
): Promise<void> => {
  const known = await operation.stores.once.read(call.release, command.name, operation.context(call.phase));
  if (known?.run === operation.journal.run && hasStarted(known)) operation.noteOnce(command, known.instance);
  if (known?.exit === 0) return;
  await underOnceLock(operation, command, call.phase, async () => {
    if (known === undefined || known.settled === "again" || failedPlainly(known))
      await begin(operation, command, call, known);
    else await attach(operation, command, call, known);
  });
};

const begin = async (
  operation: Operation,
  command: OnceCommand,
  call: CommandCall,
  known: OnceRecord | undefined,
): Promise<void> => {
  const { once } = operation.stores;
  const { run } = operation.journal;
  const context = operation.context(call.phase);
  const member = chooseMember(operation, command);
  await operation.guard();
  if (!(await isNeeded(operation, member, command, call))) {
    await once.skip(call.release, command.name, { run, instance: member.id }, context);
    return;
  }
  if (known !== undefined) await makeStartable(operation, member, command, call);
  if (command.maintenance === true)
    await enterMaintenance(operation, { name: command.name, release: call.release });
  const start = {
    run,
    instance: member.id,
    ...(command.compatible === false && { compatible: false }),
  };
  await once.start(call.release, command.name, start, context);
  operation.noteOnce(command, member.id);
  await record(operation, command, call, member, await endOf(operation, member, command, call, { run }));
};

/** How it ended. That its record is lost on the instance means that nobody knows. */
const endOf = async (
  operation: Operation,
  member: FleetMember,
  command: OnceCommand,
  call: CommandCall,
  { run }: Pick<OnceRecord, "run">,
): Promise<CommandEnd> =>
  await runCommand(operation, member, command, call).catch((error) => {
    throw HawserError.is(error, "HWS_HOST_COMMAND_LOST")
      ? engineErrors.HWS_ONCE_UNSETTLED([command.name, call.release, run], {
          instance: member.id,
          cause: error,
        })
      : error;
  });

/** It ended by itself and said that it failed: starting it again is what a person who deploys again asks for. */
const failedPlainly = (known: OnceRecord): boolean =>
  known.ended !== undefined && known.exit !== undefined && known.exit < killedExit;

/** A new start must not be answered from the instance's record of the old one. */
const makeStartable = async (
  operation: Operation,
  member: FleetMember,
  command: OnceCommand,
  call: CommandCall,
): Promise<void> => {
  const context = operation.context(call.phase, member.id);
  await operation.stores.once.settle(call.release, command.name, "again", context);
  const prefix = `${commandPrefix(operation, call.phase, call.release)}${command.name}`;
  await member.openHost.forget({ epoch: operation.lock.epoch, prefix }, context);
};

/** Asks the instance that started the command how it ended; what is not known there either, a person settles. */
const attach = async (
  operation: Operation,
  command: OnceCommand,
  call: CommandCall,
  known: OnceRecord,
): Promise<void> => {
  const member = operation.fleet.get(known.instance);
  if (member === undefined || !member.reachable || known.run !== operation.journal.run)
    throw engineErrors.HWS_ONCE_UNSETTLED([command.name, call.release, known.run]);
  const ended = await endOf(operation, member, command, { ...call, attachOnly: true }, known);
  await record(operation, command, call, member, ended);
};

const record = async (
  operation: Operation,
  command: OnceCommand,
  call: CommandCall,
  member: FleetMember,
  ended: CommandEnd,
): Promise<void> => {
  const where = { instance: member.id, step: call.phase, output: ended.tail };
  if (ended.exit >= killedExit && !ended.timedOut)
    throw engineErrors.HWS_ONCE_UNSETTLED([command.name, call.release, operation.journal.run], where);
  await operation.stores.once.end(
    call.release,
    command.name,
    { exit: ended.timedOut ? killedExit : ended.exit },
    operation.context(call.phase),
  );
  judgeEnd(command, ended, call, { reporter: operation.reporter, instance: member.id });
};
