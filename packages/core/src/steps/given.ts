import { Ajv2020 } from "ajv/dist/2020.js";
import { engineErrors } from "../errors/engine-codes.ts";
import type { Facts, Step } from "./step.ts";

// What is wrong with a step's schema shows when it is compiled; the schema of schemas would cost every run's start.
const ajv = new Ajv2020({ strict: false, allErrors: true, meta: false, validateSchema: false });

/** Proves that a step gave each fact that it declares, as it declares it; else `HWS_STEP_GIVES`. */
export const checkGiven = (
  { name: step, gives }: Pick<Step, "name" | "gives">,
  given: Partial<Facts>,
): void => {
  for (const [name, schema] of Object.entries(gives)) {
    if (given[name] === undefined) throw engineErrors.HWS_STEP_GIVES([step, `${name} is missing`]);
    const validate = ajv.compile(schema);
    if (!validate(given[name]))
      throw engineErrors.HWS_STEP_GIVES([step, ajv.errorsText(validate.errors, { dataVar: name })]);
  }
};
