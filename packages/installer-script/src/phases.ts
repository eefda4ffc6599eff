import { type PlanPhase, phasesOfDeploy } from "@hawser/core/plugin";
import type { NamedCommand, OnceBeforeCommand } from "./command-options.ts";
import type { ScriptInstallerOptions } from "./options.ts";

export type Phase = PlanPhase;

/** A command on its way into a plan: in which phase it stands, and who put it there. */
export interface Draft {
  readonly phase: Phase;
  readonly command: NamedCommand;
  readonly origin: string;
}

/** The commands of one phase as they were given. */
export const commandsOf = (
  { once, maintenance, ...plain }: ScriptInstallerOptions,
  phase: Phase,
): readonly OnceBeforeCommand[] => {
  const lists: Readonly<Record<Phase, readonly OnceBeforeCommand[] | undefined>> = {
    prepare: plain.prepare,
    install: plain.install,
    leave: plain.leave,
    activate: plain.activate,
    rollback: plain.rollback,
    "once.before": once?.before,
    "once.after": once?.after,
    "maintenance.on": maintenance?.on,
    "maintenance.off": maintenance?.off,
  };
  return lists[phase] ?? [];
};

/** Every command of the options by phase; one without a name is called after its phase and position. */
export const draftsOf = (
  options: ScriptInstallerOptions,
  originOf: (phase: Phase, index: number) => string,
): readonly Draft[] =>
  phasesOfDeploy.flatMap((phase) =>
    commandsOf(options, phase).map((command, index) => {
      const given = typeof command === "string" ? { run: command } : command;
      const name = given.name ?? `${phase.replace(".", "-")}-${index + 1}`;
      return { phase, command: { ...given, name }, origin: originOf(phase, index) };
    }),
  );
