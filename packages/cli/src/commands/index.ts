import type { AddCommand } from "./command.ts";
import { deploy } from "./deploy.ts";
import { plan } from "./plan.ts";
import { prune } from "./prune.ts";
import { rollback } from "./rollback.ts";
import { status } from "./status.ts";

/** Every verb, in the order of the help. */
export const commands: readonly AddCommand[] = [plan, deploy, rollback, status, prune];
