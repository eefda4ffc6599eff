import type { OnceCommand } from "@hawser/core/plugin";
import { installerErrors } from "./errors.ts";
import { pathInside } from "./paths.ts";
import type { Draft, Phase } from "./phases.ts";

const defaultTimeoutMs = 10 * 60_000;

/** Members that have a meaning in some phases only. */
const phasesOfMember: Readonly<Record<string, readonly Phase[]>> = {
  compatible: ["once.before", "once.after"],
  needed: ["once.before", "once.after"],
  lock: ["once.before", "once.after"],
  maintenance: ["once.before"],
};

/** A member where it means nothing would be dropped in silence. */
const refuseMisplaced = ({ phase, command }: Draft): void => {
  for (const [member, where] of Object.entries(phasesOfMember)) {
    const given = command[member as keyof typeof command] !== undefined;
    if (given && !where.includes(phase))
      throw installerErrors.HWS_INSTALLER_MEMBER_MISPLACED([command.name, member, phase, where]);
  }
};

const planCommand = (draft: Draft, user: string | undefined): OnceCommand => {
  refuseMisplaced(draft);
  const { phase, command, origin } = draft;
  // The deployer has one user: its own.
  const runAs = command.user === undefined && phase !== "prepare" ? user : command.user;
  return {
    ...command,
    timeoutMs: command.timeoutMs ?? defaultTimeoutMs,
    ...(runAs !== undefined && { user: runAs }),
    ...(command.cwd !== undefined && { cwd: pathInside(`${phase} ${command.name} cwd`, command.cwd) }),
    origin,
  };
};

/** The commands of one phase, each with its user and limit. */
export const planCommands = (
  drafts: readonly Draft[],
  phase: Phase,
  user: string | undefined,
): readonly OnceCommand[] => {
  const taken = new Set<string>();
  return drafts
    .filter((draft) => draft.phase === phase)
    .map((draft) => {
      const { name } = draft.command;
      if (taken.has(name)) throw installerErrors.HWS_INSTALLER_NAME_REPEATED([phase, name]);
      taken.add(name);
      return planCommand(draft, user);
    });
};
