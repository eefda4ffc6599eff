import type { Instance, OperationContext, Problem } from "@hawser/core/plugin";
import type { Standing } from "./standing.ts";

/** How long a member that leaves is shown as draining. */
export interface DrainRule {
  readonly delayMs: number;
  /** Whether it is over as soon as no request is open; else the whole delay passes whatever is open. */
  readonly endsEarly: boolean;
}

/** Where AWS keeps who takes requests: a target group, or a classic load balancer. */
export interface Roster {
  /** For people and errors. */
  readonly label: string;
  /** How each instance stands, in order, as AWS showed it after this was asked. */
  look(instances: readonly Instance[], context: OperationContext): Promise<readonly Standing[]>;
  /** Adding who is in, or removing who is not, changes nothing. */
  add(instance: Instance, context: OperationContext): Promise<void>;
  remove(instance: Instance, context: OperationContext): Promise<void>;
  drainRule(context: OperationContext): Promise<DrainRule>;
  check(context: OperationContext): Promise<readonly Problem[]>;
  [Symbol.asyncDispose](): Promise<void>;
}
