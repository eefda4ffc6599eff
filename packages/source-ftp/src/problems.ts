import { HawserError, type OperationContext, type Problem } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { FtpConnection } from "./ftp-connection.ts";
import type { FtpPlace } from "./ftp-place.ts";

const problem = ({ code, message, hint }: HawserError, severity: Problem["severity"]): Problem => ({
  ...{ code, message, where: "source", severity },
  ...(hint !== undefined && { hint }),
});

/** What `look` finds wrong on a connection of its own, and what is unsafe about the place. */
export const problemsOf = async (
  place: FtpPlace,
  context: OperationContext,
  look: (connection: FtpConnection) => Promise<void>,
): Promise<readonly Problem[]> => {
  const unsafe = place.secure === false ? [problem(errors.HWS_FTP_UNENCRYPTED([place.url]), "warning")] : [];
  const connection = new FtpConnection(place, context.signal);
  try {
    await look(connection);
    return unsafe;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!HawserError.is(error)) throw error;
    return [...unsafe, problem(error, "error")];
  } finally {
    connection.close();
  }
};
