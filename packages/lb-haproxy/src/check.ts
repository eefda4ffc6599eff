import { HawserError, type OperationContext, type Problem } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { Haproxy } from "./haproxy.ts";

const problemOf = (error: HawserError, where: string, severity: Problem["severity"]): Problem => ({
  code: error.code,
  message: error.message,
  ...(error.hint !== undefined && { hint: error.hint }),
  where,
  severity,
});

const adminProblems = async (haproxy: Haproxy, context: OperationContext): Promise<Problem[]> => {
  // The one command that tells the level of a socket and changes nothing.
  const level = (await haproxy.socket.ask("show cli level", context)).trim();
  if (level === "admin") return [];
  return [problemOf(errors.HWS_LB_NOT_ADMIN([haproxy.socket.label]), haproxy.socket.label, "error")];
};

const serverProblems = async (haproxy: Haproxy, context: OperationContext): Promise<Problem[]> => {
  const servers = [...(await haproxy.look(context)).values()];
  return servers
    .filter((server) => server.check === "none" && !server.tracks)
    .map((server) =>
      problemOf(errors.HWS_LB_NO_CHECK([haproxy.socket.label, server.name]), haproxy.socket.label, "warning"),
    );
};

/** Finds what would stop a run: the socket, its level, the backend; and warns of servers without a check. */
export const checkHaproxy = async (haproxy: Haproxy, context: OperationContext): Promise<Problem[]> => {
  try {
    return [...(await adminProblems(haproxy, context)), ...(await serverProblems(haproxy, context))];
  } catch (error) {
    context.signal.throwIfAborted();
    if (!HawserError.is(error)) throw error;
    return [problemOf(error, haproxy.socket.label, "error")];
  }
};
