import type { ErrorObject } from "ajv/dist/2020.js";
import { configProblems } from "../errors/config-codes.ts";
import { describeType, type Finding } from "./data.ts";
import { formatPath, pointerPath } from "./path.ts";
import { nearest } from "./suggest.ts";

const named: Record<string, string> = {
  object: "a map",
  array: "a list",
  string: "a text",
  null: "empty",
  boolean: "true or false",
  integer: "a whole number",
  number: "a number",
};

const typeNames = (types: unknown): string[] =>
  (Array.isArray(types) ? types : [types]).map((type) => named[String(type)] ?? String(type));

const oneOf = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;

const knownOptions = (parent: unknown): string[] =>
  Object.keys((parent as { properties?: object } | undefined)?.properties ?? {});

const unknownHint = (name: string, known: readonly string[]): string => {
  const close = nearest(name, known);
  if (close !== undefined) return `did you mean ${close}?`;
  return known.length === 0 ? "no option may stand here" : `known here: ${[...known].sort().join(", ")}`;
};

const describedPattern = (error: ErrorObject): string => {
  const { description } = error.parentSchema as { description?: unknown };
  return typeof description === "string"
    ? `must be ${description}`
    : `does not fit the pattern ${error.params.pattern}`;
};

const wrongValue = (error: ErrorObject): string => {
  switch (error.keyword) {
    case "enum":
      return `must be ${oneOf((error.params.allowedValues as unknown[]).map(String))}`;
    case "const":
      return `must be ${JSON.stringify(error.params.allowedValue)}`;
    case "pattern":
      return describedPattern(error);
    case "propertyNames":
      return `the name ${JSON.stringify(error.params.propertyName)} is not allowed here`;
    case "minLength":
      return "must not be empty";
    case "minItems":
      return `must have at least ${error.params.limit} ${error.params.limit === 1 ? "item" : "items"}`;
    case "uniqueItems":
      return "must not have the same item twice";
    default:
      return error.message ?? `does not satisfy ${error.keyword}`;
  }
};

const explainOne = (error: ErrorObject, data: unknown): Finding => {
  const path = pointerPath(error.instancePath, data);
  if (error.keyword === "additionalProperties") {
    const name = String(error.params.additionalProperty);
    const hint = unknownHint(name, knownOptions(error.parentSchema));
    return { path: [...path, name], error: configProblems.HWS_CONFIG_UNKNOWN_OPTION([name], { hint }) };
  }
  if (error.keyword === "required") {
    const at = [...path, String(error.params.missingProperty)];
    return { path: at, error: configProblems.HWS_CONFIG_MISSING_OPTION([formatPath(at.slice(-1))]) };
  }
  if (error.keyword === "type") {
    const expected = oneOf(typeNames(error.params.type));
    return { path, error: configProblems.HWS_CONFIG_WRONG_TYPE([expected, describeType(error.data)]) };
  }
  const close =
    error.keyword === "enum" && typeof error.data === "string"
      ? nearest(error.data, (error.params.allowedValues as unknown[]).map(String))
      : undefined;
  const fields = close === undefined ? {} : { hint: `did you mean ${close}?` };
  return { path, error: configProblems.HWS_CONFIG_WRONG_VALUE([wrongValue(error)], fields) };
};

const isChoice = (error: ErrorObject): boolean => ["anyOf", "oneOf"].includes(error.keyword);

interface Branch {
  readonly errors: readonly ErrorObject[];
  readonly fits: boolean;
}

const isInside = (error: ErrorObject, choice: ErrorObject, index: number): boolean =>
  error.schemaPath.startsWith(`${choice.schemaPath}/${index}/`) &&
  `${error.instancePath}/`.startsWith(`${choice.instancePath}/`);

const branchesOf = (choice: ErrorObject, errors: readonly ErrorObject[]): readonly Branch[] =>
  (choice.schema as unknown[]).map((_, index) => {
    const inside = errors.filter((error) => isInside(error, choice, index));
    const wrongType = inside.some(
      (error) => error.keyword === "type" && error.instancePath === choice.instancePath,
    );
    return { errors: inside, fits: inside.length > 0 && !wrongType };
  });

const noBranch = (choice: ErrorObject): ErrorObject => ({
  ...choice,
  keyword: "type",
  params: {
    type: (choice.schema as { type?: unknown; enum?: unknown }[])
      .flatMap(({ type }) => type)
      .filter((type) => type !== undefined),
  },
});

/**
 * Of the errors of a choice only those of the form that was meant are of use: the one whose type fits; where none
 * does, the types that are possible.
 */
const settleChoices = (errors: readonly ErrorObject[]): readonly ErrorObject[] => {
  let kept = [...errors];
  for (const choice of errors.filter(isChoice)) {
    if (!kept.includes(choice)) continue;
    const branches = branchesOf(choice, kept);
    const inside = new Set(branches.flatMap((branch) => branch.errors));
    const fitting = branches
      .filter((branch) => branch.fits)
      .sort((a, b) => a.errors.length - b.errors.length);
    const best = fitting[0]?.errors ?? [noBranch(choice)];
    kept = [...kept.filter((error) => error !== choice && !inside.has(error)), ...best];
  }
  return kept;
};

/** Words the errors of the schema checker for the person who wrote the config. No value is ever quoted. */
export const explain = (errors: readonly ErrorObject[], data: unknown): readonly Finding[] =>
  settleChoices(errors)
    // A bad name is told twice: for itself and as the map's.
    .filter((error) => error.propertyName === undefined)
    .map((error) => explainOne(error, data));
