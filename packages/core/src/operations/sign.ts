import type { SignReport } from "../contracts/engine-reports.ts";
import type { SignRequest } from "../contracts/engine-requests.ts";
import type { Desk } from "../engine/operation.ts";
import { signingErrors } from "../errors/signing-codes.ts";
import { environmentKeys } from "../state/keys.ts";
import { Resigning } from "../state/resigning.ts";
import { thrownProblem } from "./provider-problems.ts";
import { renewDesired } from "./renewal.ts";

/**
 * Signs with the present key what is stored of the application, and renews what this environment desires. Takes no lock:
 * every object is swapped by itself.
 */
export const sign = async (desk: Desk, request: SignRequest): Promise<SignReport> => {
  const { storage, application, environment, signatures } = desk.stores;
  if (signatures.trust === undefined) throw signingErrors.HWS_SIGNING_NOT_CONFIGURED([]);
  const context = desk.reporter.operation(desk.control.signal, "sign");
  const { signed, kept, refused } = await new Resigning(storage, application, signatures).run(
    { unsigned: request.unsigned === true },
    context,
  );
  const problems = refused.map(({ key, error }) => ({
    ...error.report(),
    where: key,
    severity: "error" as const,
  }));
  const key = environmentKeys(application, environment).desired;
  // What nobody vouched for is not said anew.
  if (problems.some(({ where }) => where === key)) return { signed, kept, until: null, problems };
  try {
    return { signed, kept, until: await renewDesired(desk), problems };
  } catch (error) {
    desk.control.signal.throwIfAborted();
    return { signed, kept, until: null, problems: [...problems, thrownProblem(error, key)] };
  }
};
