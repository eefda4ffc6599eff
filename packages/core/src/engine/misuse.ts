import type { DeployRequest, DrainRequest } from "../contracts/engine-requests.ts";

/** Whether a request is one of misuse: it can never be right, whatever the state of the world. */
export const misuse = (request: DeployRequest): string | undefined => {
  if (request.resume === true && request.abandon === true) return "resume and abandon exclude each other";
  const { plan: planned, ref, release, from, resume, abandon, rebuild } = request;
  if (
    planned !== undefined &&
    [ref, release, from, resume, abandon, rebuild].some((choice) => choice !== undefined)
  )
    return "plan goes with nothing that says what to ship";
  if (request.ref !== undefined && (request.release !== undefined || request.from !== undefined))
    return "ref goes neither with release nor with from";
  return undefined;
};

/** Throws when a request names nobody: it would mean everybody. */
export const refuseNobody = ({ instances, role }: Pick<DrainRequest, "instances" | "role">): void => {
  if ((instances ?? []).length === 0 && role === undefined)
    throw new TypeError("instances or role says who is meant");
};
