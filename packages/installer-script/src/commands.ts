import type { PlanCommand } from "@hawser/core/plugin";
import { installerErrors } from "./errors.ts";
import type { Command } from "./options.ts";
import { pathInside } from "./paths.ts";

const defaultTimeoutMs = 10 * 60_000;

/** Gives every command of a phase its name, user and limit. */
export const planCommands = (
  phase: string,
  commands: readonly Command[] = [],
  user?: string,
): readonly PlanCommand[] => {
  const taken = new Set<string>();
  return commands.map((command, index) => {
    const given = typeof command === "string" ? { run: command } : command;
    const name = given.name ?? `${phase}-${index + 1}`;
    if (taken.has(name)) throw installerErrors.HWS_INSTALLER_NAME_REPEATED([phase, name]);
    taken.add(name);
    const runAs = given.user ?? user;
    return {
      ...given,
      name,
      timeoutMs: given.timeoutMs ?? defaultTimeoutMs,
      ...(runAs !== undefined && { user: runAs }),
      ...(given.cwd !== undefined && { cwd: pathInside(`${phase} ${name} cwd`, given.cwd) }),
    };
  });
};
