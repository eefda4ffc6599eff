import type { Problem } from "../contracts/common.ts";
import type { Desk } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";

/** A check that failed itself is a problem like those it looks for. */
export const thrownProblem = (error: unknown, where: string): Problem => ({
  ...asHawserError(error).report(),
  where,
  severity: "error",
});

/** Whether this deployer can sign, found by signing a word that is nothing. */
export const signingProblems = async (desk: Desk): Promise<Problem[]> => {
  const { signatures } = desk.stores;
  if (signatures.trust === undefined) return [];
  try {
    const context = desk.reporter.operation(desk.control.signal, "check signing");
    await signatures.sign(Buffer.from("hawser: can this deployer sign\n"), "hawser-release@v1", context);
    return [];
  } catch (error) {
    return [thrownProblem(error, "signing")];
  }
};

/** What the providers' own `check` gathers; `without` names one that has just proved itself by its work. */
export const providerProblems = async (desk: Desk, without?: string): Promise<Problem[]> => {
  const { signal } = desk.control;
  const gathered = await Promise.all(
    [...desk.providers.all].map(async ([name, provider]) => {
      if (name === without) return [];
      try {
        const problems = (await provider.check?.(desk.reporter.operation(signal, `check ${name}`))) ?? [];
        return problems.map((problem) => ({ ...problem, where: problem.where ?? name }));
      } catch (error) {
        return [thrownProblem(error, name)];
      }
    }),
  );
  return gathered.flat();
};
