import { HawserError, type OperationContext, type Problem } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { Haproxy } from "./haproxy.ts";
import { stateKeepingOf } from "./haproxy-config.ts";
import type { Roster } from "./place.ts";
import type { Servers } from "./server-state.ts";
import { isTooLight, type SlowStart } from "./slow-start.ts";

/** What the options want of every HAProxy. */
export interface Wanted {
  readonly backend: string;
  readonly roster: Roster;
  readonly slowStart: SlowStart | undefined;
  readonly configFile: string;
}

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

const serverProblems = (
  servers: Servers,
  { roster, slowStart, backend }: Wanted,
  label: string,
): Problem[] => {
  const all = [...servers.values()];
  const light = slowStart && all.find((server) => isTooLight(server, slowStart));
  const found = [
    ...all
      .filter((server) => server.check === "none" && !server.tracks)
      .map((server) => errors.HWS_LB_NO_CHECK([label, server.name])),
    ...roster.faults(servers, label),
    ...(light ? [errors.HWS_LB_LIGHT_WEIGHT([label, `${backend}/${light.name}`, light.ownWeight])] : []),
  ];
  return found.map((error) => problemOf(error, label, "warning"));
};

/** Whether what is set at run time outlives a reload, as far as can be seen. */
const stateProblems = async (
  haproxy: Haproxy,
  wanted: Wanted,
  context: OperationContext,
): Promise<Problem[]> => {
  const { socket, stateFile, files } = haproxy;
  const label = socket.label;
  const found: Problem[] = [];
  if (stateFile !== undefined)
    await stateFile.prove(socket, context).catch((error: Error) => {
      context.signal.throwIfAborted();
      const unwritable = errors.HWS_LB_STATE_UNWRITABLE([label, stateFile.path, error.message]);
      found.push(problemOf(unwritable, label, "error"));
    });
  const config = await files?.read(wanted.configFile, context);
  const keeping = config === undefined ? undefined : stateKeepingOf(config, wanted.backend);
  if (keeping === undefined) return found;
  const why = [
    keeping.file === undefined && "haproxy.cfg has no `server-state-file`",
    !keeping.loads && "the backend does not load its states from there",
    stateFile !== undefined &&
      keeping.file !== undefined &&
      keeping.file !== stateFile.path &&
      `haproxy.cfg reads ${keeping.file} and not ${stateFile.path}`,
  ].filter((reason) => reason !== false);
  if (why.length > 0)
    found.push(problemOf(errors.HWS_LB_FORGETS([label, wanted.backend, why.join("; ")]), label, "warning"));
  return found;
};

/** Finds what would stop a run: the socket, its level, the backend, the state file; and warns of what will hurt. */
export const checkHaproxy = async (
  haproxy: Haproxy,
  wanted: Wanted,
  context: OperationContext,
): Promise<Problem[]> => {
  try {
    return [
      ...(await adminProblems(haproxy, context)),
      ...serverProblems(await haproxy.look(context), wanted, haproxy.socket.label),
      ...(await stateProblems(haproxy, wanted, context)),
    ];
  } catch (error) {
    context.signal.throwIfAborted();
    if (!HawserError.is(error)) throw error;
    return [problemOf(error, haproxy.socket.label, "error")];
  }
};
