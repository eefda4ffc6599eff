import type { SignReport } from "../contracts/engine-reports.ts";
import type { SignRequest } from "../contracts/engine-requests.ts";
import type { Desk } from "../engine/operation.ts";
import { signingErrors } from "../errors/signing-codes.ts";
import { Resigning } from "../state/resigning.ts";

/** Signs with the present key what is stored of the application. Takes no lock: every object is swapped by itself. */
export const sign = async (desk: Desk, request: SignRequest): Promise<SignReport> => {
  const { storage, application, signatures } = desk.stores;
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
  return { signed, kept, problems };
};
