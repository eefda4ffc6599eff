import type { PlanCommand } from "../contracts/installer.ts";
import type { Operation } from "../engine/operation.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { type CommandCall, commandPrefix, runPhase } from "./commands.ts";
import type { FleetMember } from "./member.ts";

/** In a run that was resumed a command that had failed is not answered from its record for ever. */
export const maySecondStart = ({ resumed }: Operation, error: unknown): boolean =>
  resumed && HawserError.is(error) && /^HWS_(HOST_)?COMMAND_/.test(error.code);

/** Forgets how a phase's commands ended on an instance: they are started anew. */
export const forgetPhase = async (
  operation: Operation,
  member: FleetMember,
  phase: string,
  release: string,
): Promise<void> => {
  await operation.guard();
  const request = { epoch: operation.lock.epoch, prefix: commandPrefix(operation, phase, release) };
  await member.openHost.forget(request, operation.context(phase, member.id));
};

/** Runs a phase; a run that was resumed starts it once more, whole, when a command of it had failed. */
export const runPhaseAgain = async (
  operation: Operation,
  member: FleetMember,
  commands: readonly PlanCommand[],
  call: CommandCall,
): Promise<void> => {
  try {
    await runPhase(operation, member, commands, call);
  } catch (error) {
    if (!maySecondStart(operation, error)) throw error;
    await forgetPhase(operation, member, call.phase, call.release);
    await runPhase(operation, member, commands, call);
  }
};
