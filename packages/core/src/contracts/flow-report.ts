import type { OnceCommand, PlanCheck } from "./installer.ts";

/** Who put a line into the table of a run. */
export interface LineOrigin {
  /** `built-in`, the name of a plugin, or a path of the config as `steps.scan`; a plugin's line that a config changed names both. */
  readonly origin: string;
  /** Where in the config: `hawser.yaml:12`, `hawser.yaml:20 (environments.production)`. */
  readonly place?: string;
}

export interface StepLine extends LineOrigin {
  readonly name: string;
  /** `deployer` runs once, `instances` on each before anything is switched, `waves` on each inside the waves. */
  readonly where: "deployer" | "instances" | "waves";
  readonly needs: readonly string[];
  readonly gives: readonly string[];
  /** What took it out of the table. */
  readonly skipped?: LineOrigin;
}

/** A command of the install plan; of one that was skipped only its place is known. */
export interface CommandLine extends LineOrigin, Partial<Omit<OnceCommand, "name" | "origin">> {
  /** `prepare`, `install`, `once.before`, `leave`, `activate`, `once.after`, `rollback`, `maintenance.on`, `maintenance.off`. */
  readonly phase: string;
  readonly name: string;
  readonly skipped?: LineOrigin;
}

/** Everything that a deploy of an environment would do, in order, and who said so. */
export interface FlowReport {
  readonly application: string;
  readonly environment: string;
  readonly steps: readonly StepLine[];
  readonly commands: readonly CommandLine[];
  readonly check?: PlanCheck & LineOrigin;
}
