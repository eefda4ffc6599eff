import type { InstallPlan, OnceCommand, PlanCommand } from "./installer.ts";

/** Every phase of a plan, in the order of its text. */
export type PlanPhase =
  | "prepare"
  | "install"
  | "leave"
  | "activate"
  | "rollback"
  | "once.before"
  | "once.after"
  | "maintenance.on"
  | "maintenance.off";

/** Where each phase's commands stand in a plan. */
export const planPhases: Readonly<Record<PlanPhase, (plan: InstallPlan) => readonly OnceCommand[]>> = {
  prepare: (plan) => plan.prepare,
  install: (plan) => plan.install,
  leave: (plan) => plan.leave,
  activate: (plan) => plan.activate,
  rollback: (plan) => plan.rollback,
  "once.before": (plan) => plan.once.before,
  "once.after": (plan) => plan.once.after,
  "maintenance.on": (plan) => plan.maintenance.on,
  "maintenance.off": (plan) => plan.maintenance.off,
};

/** The same in the order in which a deploy comes to them; the last three run only when there is a cause. */
export const phasesOfDeploy: readonly PlanPhase[] = [
  "prepare",
  "install",
  "once.before",
  "leave",
  "activate",
  "once.after",
  "rollback",
  "maintenance.on",
  "maintenance.off",
];

/** The commands that instances run: all but those of the deployer. */
export const instanceCommands = (plan: InstallPlan): readonly OnceCommand[] =>
  Object.entries(planPhases).flatMap(([phase, of]) => (phase === "prepare" ? [] : of(plan)));

/** Whether an instance with these roles runs a command. */
export const runsFor = ({ roles }: Pick<PlanCommand, "roles">, own: readonly string[]): boolean =>
  roles === undefined || roles.some((role) => own.includes(role));
