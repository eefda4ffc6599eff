import { resolve } from "node:path";
import { Secret } from "../contracts/secret.ts";
import { configProblems } from "../errors/config-codes.ts";
import { pluginErrors } from "../errors/plugin-codes.ts";
import { type Finding, isMap } from "./data.ts";
import { explain } from "./explain.ts";
import { type Path, pathKey, pointerPath } from "./path.ts";
import { compileSchema, type Marks, type Verdict } from "./validate.ts";

export interface OptionsRequest {
  readonly specifier: string;
  readonly schema: object;
  /** What stands in `with`, references resolved. */
  readonly options: unknown;
  /** The path of `with`. */
  readonly path: Path;
  /** By path: the text of the reference behind a secret. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Paths whose whole text came from a variable. */
  readonly variables: ReadonlySet<string>;
  /** The folder from which a path's relative value is found. */
  baseDirectoryOf(path: Path): string;
}

export interface CheckedOptions {
  readonly options: unknown;
  readonly findings: readonly Finding[];
}

type Visit = (value: unknown, path: Path, pointer: string) => unknown;

const pointerPart = (key: string | number): string => String(key).replaceAll("~", "~0").replaceAll("/", "~1");

const rebuild = (value: unknown, path: Path, pointer: string, leaf: Visit): unknown => {
  if (Array.isArray(value)) {
    return value.map((item, index) => rebuild(item, [...path, index], `${pointer}/${index}`, leaf));
  }
  if (!isMap(value)) return leaf(value, path, pointer);
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    rebuild(item, [...path, key], `${pointer}/${pointerPart(key)}`, leaf),
  ]);
  return Object.fromEntries(entries);
};

/** A schema sees texts where secrets stand. */
const revealed = (request: OptionsRequest): unknown =>
  rebuild(request.options, request.path, "", (value) => (Secret.is(value) ? value.reveal() : value));

const meant = (text: string, types: readonly unknown[]): unknown => {
  if (types.includes("boolean") && (text === "true" || text === "false")) return text === "true";
  const numeric = types.includes("integer") || types.includes("number");
  return numeric && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) ? Number(text) : text;
};

/** A variable's value is a text; where the schema wants a number or boolean and the text is one, it is meant. */
const withMeant = (view: unknown, verdict: Verdict, request: OptionsRequest): unknown => {
  const wanted = new Map<string, unknown[]>();
  for (const error of verdict.errors) {
    const key = pathKey([...request.path, ...pointerPath(error.instancePath, view)]);
    if (error.keyword !== "type" || !request.variables.has(key)) continue;
    wanted.set(key, [...(wanted.get(key) ?? []), error.params.type].flat());
  }
  return rebuild(view, request.path, "", (value, path) => {
    const types = wanted.get(pathKey(path));
    return types !== undefined && typeof value === "string" ? meant(value, types) : value;
  });
};

const arrived = (view: unknown, marks: Marks, request: OptionsRequest, findings: Finding[]): unknown =>
  rebuild(view, request.path, "", (value, path, pointer) => {
    const shown = request.secrets.get(pathKey(path));
    if (shown !== undefined && !marks.secrets.has(pointer)) {
      findings.push({ path, error: configProblems.HWS_CONFIG_SECRET_MISPLACED([shown]) });
    }
    if (typeof value !== "string") return value;
    const text = marks.paths.has(pointer) ? resolve(request.baseDirectoryOf(path), value) : value;
    return marks.secrets.has(pointer) ? new Secret(text) : text;
  });

/** Checks what stands in `with` by the plugin's own schema, and makes secrets and paths of what it marks so. */
export const checkOptions = (request: OptionsRequest): CheckedOptions => {
  let check: (data: unknown) => Verdict;
  try {
    check = compileSchema(request.schema);
  } catch (error) {
    const why = (error as Error).message.split("\n", 1)[0] ?? "";
    const broken = pluginErrors.HWS_PLUGIN_SCHEMA([request.specifier, why], { cause: error });
    return { options: undefined, findings: [{ path: [...request.path.slice(0, -1), "use"], error: broken }] };
  }
  let view = revealed(request);
  let verdict = check(view);
  if (verdict.errors.length > 0) {
    view = withMeant(view, verdict, request);
    verdict = check(view);
  }
  const findings: Finding[] = explain(verdict.errors, view).map((finding) => ({
    ...finding,
    path: [...request.path, ...finding.path],
  }));
  const options = arrived(view, verdict.marks, request, findings);
  return { options, findings };
};
