import type { Project } from "./core.ts";
import { errors } from "./errors.ts";
import type { Operation } from "./operation.ts";

/** Has a person type the environment's name where the config says so. */
export const confirmed = async (operation: Operation, project: Project, verb: string): Promise<void> => {
  const { options, surroundings } = operation.invocation;
  if (options.yes || !project.confirm) return;
  const name = project.environment || project.application;
  if (!surroundings.canAsk || options.json) throw errors.HWS_CLI_CONFIRM([name]);
  const { isCancel, text } = await import("@clack/prompts");
  const answer = await text({ message: `${verb} on ${name}: type its name to go on` });
  if (isCancel(answer)) throw errors.HWS_CLI_CANCELLED([]);
  if (answer !== name) throw errors.HWS_CLI_REFUSED([name]);
};
