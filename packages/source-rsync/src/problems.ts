import { HawserError, type OperationContext, type Problem } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { RsyncServer } from "./rsync-server.ts";

type Version = readonly [number, number, number];

/** The oldest rsync that has the options used here. */
const oldest: Version = [3, 2, 3];
/** Older ones have holes that a server can use against the client (33 were closed in 3.5.0 alone). */
const safe: Version = [3, 5, 0];

const before = (a: Version, b: Version): boolean => {
  const at = a.findIndex((number, index) => number !== b[index]);
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0);
};

const problemOf = ({ code, message, hint }: HawserError, severity: Problem["severity"]): Problem => ({
  code,
  message,
  ...(hint !== undefined && { hint }),
  where: "source",
  severity,
});

/** Warnings about the rsync on this machine; one that cannot be used is thrown. */
export const findVersionProblems = (said: string): readonly Problem[] => {
  const found = /^rsync +version v?(\d+)\.(\d+)\.(\d+)/m.exec(said);
  const first = said.trim().split("\n")[0]?.slice(0, 60) ?? "";
  if (found === null) throw errors.HWS_RSYNC_PROGRAM([`it is another program, ${JSON.stringify(first)}`]);
  const version = found.slice(1).map(Number) as unknown as Version;
  if (before(version, oldest)) throw errors.HWS_RSYNC_PROGRAM([`version ${version.join(".")} is too old`]);
  return before(version, safe) ? [problemOf(errors.HWS_RSYNC_VERSION([version.join(".")]), "warning")] : [];
};

const isThisMachine = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);

/** Whether rsync is there and new enough, and whether the server lets these credentials in. */
export const findProblems = async (
  server: RsyncServer,
  context: OperationContext,
): Promise<readonly Problem[]> => {
  const { protocol, host, shown } = server.place;
  const open = protocol === "daemon" && !isThisMachine(host);
  const warnings = open ? [problemOf(errors.HWS_RSYNC_PLAINTEXT([shown]), "warning")] : [];
  try {
    warnings.push(...findVersionProblems(await server.version(context)));
    await server.list([], context);
    return warnings;
  } catch (error) {
    if (!HawserError.is(error)) throw error;
    return [...warnings, problemOf(error, "error")];
  }
};
