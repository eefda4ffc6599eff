import { errors } from "../errors.ts";

/** Who is meant: named instances, all of a role, or those of them that have it. */
export const chosenBy = (
  instances: readonly string[],
  role: string | undefined,
): { readonly instances?: readonly string[]; readonly role?: string } => {
  if (instances.length === 0 && role === undefined)
    throw errors.HWS_CLI_USAGE(["nobody is named"], { hint: "Give the ids of instances, or --role." });
  return { ...(instances.length > 0 && { instances }), ...(role !== undefined && { role }) };
};
