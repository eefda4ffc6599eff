import type { OnceCommand, PlanCommand } from "../contracts/installer.ts";
import type { Operation } from "../engine/operation.ts";
import { commandErrors } from "../errors/command-codes.ts";
import { type CommandCall, type CommandEnd, commandPrefix, runCommand } from "./commands.ts";
import type { FleetMember } from "./member.ts";

/** Asks the instance, in the same way as the command itself would run there, whether it is needed. */
export const isNeeded = async (
  operation: Operation,
  member: FleetMember,
  { needed, ...command }: OnceCommand,
  call: CommandCall,
): Promise<boolean> => {
  if (needed === undefined) return true;
  const phase = `${call.phase}.needed`;
  // What was answered before is of another time.
  const prefix = `${commandPrefix(operation, phase, call.release)}${command.name}`;
  const context = operation.context(phase, member.id);
  await member.openHost.forget({ epoch: operation.lock.epoch, prefix }, context);
  const question: PlanCommand = { ...command, run: needed };
  const end = await runCommand(operation, member, question, { ...call, phase });
  if (end.timedOut || end.exit > 1) throw unanswered(command, end, phase, member);
  if (end.exit === 0) return true;
  const detail = `${command.name} is not needed, says ${member.id}`;
  operation.reporter.emit({ type: "step", step: call.phase, phase: "skipped", detail });
  return false;
};

const unanswered = (
  { name, timeoutMs }: PlanCommand,
  { exit, timedOut, tail }: CommandEnd,
  step: string,
  { id }: FleetMember,
) =>
  commandErrors.HWS_ONCE_NEED(
    [
      name,
      timedOut ? `did not end within ${Math.round(timeoutMs / 1000)} s` : `ended with exit code ${exit}`,
    ],
    { instance: id, step, output: tail },
  );
