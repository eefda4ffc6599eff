import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { Secret } from "../contracts/secret.ts";
import { configProblems } from "../errors/config-codes.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import { type DataMap, type Finding, isMap } from "./data.ts";
import type { Origins } from "./merge.ts";
import { type Path, pathKey } from "./path.ts";

// The shell's own `${var:-x}` and `${file:-x}` are not references: what follows the colon begins otherwise.
const reference = /(\$?)\$\{(env|var|file):([A-Za-z0-9_./][^}]*)\}/g;
const variable = /^([A-Za-z_][A-Za-z0-9_]*)$/;
const withDefault = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;
const maxSecretBytes = 1024 * 1024;

type Value = { readonly text: string; readonly secret: boolean } | HawserError;

const isValue = (value: Value): value is Extract<Value, { text: string }> => "text" in value;

const fromEnvironment = (shown: string, name: string): Value => {
  if (!variable.test(name)) return configProblems.HWS_CONFIG_REFERENCE([shown, "names no variable"]);
  const text = process.env[name];
  return text === undefined || text === ""
    ? configProblems.HWS_CONFIG_REFERENCE([shown, "is not set in the environment"], {
        hint: `give it to the process: \`export ${name}=…\``,
      })
    : { text, secret: true };
};

const fromVariable = (shown: string, expression: string): Value => {
  const match = withDefault.exec(expression);
  if (match === null) return configProblems.HWS_CONFIG_REFERENCE([shown, "names no variable"]);
  const [, name = "", fallback] = match;
  const text = process.env[name];
  if (text !== undefined && text !== "") return { text, secret: false };
  return fallback === undefined
    ? configProblems.HWS_CONFIG_REFERENCE([shown, "is not set in the environment"], {
        hint: `set ${name}, or give a default: \`\${var:${name}:-value}\``,
      })
    : { text: fallback, secret: false };
};

const fromFile = (shown: string, path: string, baseDirectory: string): Value => {
  try {
    const file = resolve(baseDirectory, path);
    const facts = statSync(file);
    if (!facts.isFile()) return configProblems.HWS_CONFIG_REFERENCE([shown, "is not a file"]);
    if (facts.size > maxSecretBytes) return configProblems.HWS_CONFIG_REFERENCE([shown, "is over 1 MiB"]);
    // Editors end a file with a newline that is no part of the secret.
    return { text: readFileSync(file, "utf8").replace(/\r?\n$/, ""), secret: true };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    return configProblems.HWS_CONFIG_REFERENCE([shown, `cannot be read (${code})`], {
      hint: "the path starts at the folder of the config that names it",
    });
  }
};

export interface Resolved {
  readonly data: DataMap;
  /** The text of the reference behind each secret, by path: what may be shown of it. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Paths whose whole text came from a variable: a number or boolean may be meant. */
  readonly variables: ReadonlySet<string>;
  readonly findings: readonly Finding[];
}

class Resolver {
  readonly secrets = new Map<string, string>();
  readonly variables = new Set<string>();
  readonly findings: Finding[] = [];
  readonly #origins: Origins;

  constructor(origins: Origins) {
    this.#origins = origins;
  }

  visit(value: unknown, path: Path): unknown {
    if (typeof value === "string") return path.at(-1) === "use" ? value : this.#text(value, path);
    if (Array.isArray(value)) return value.map((item, index) => this.visit(item, [...path, index]));
    if (Secret.is(value)) this.secrets.set(pathKey(path), "a secret");
    if (!isMap(value) || (path.at(-1) === "use" && !path.includes("with"))) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, this.visit(item, [...path, key])]),
    );
  }

  #value(shown: string, kind: string, expression: string, path: Path): Value {
    if (kind === "env") return fromEnvironment(shown, expression);
    if (kind === "var") return fromVariable(shown, expression);
    return fromFile(shown, expression, this.#origins.of(path)?.document.baseDirectory ?? ".");
  }

  #text(text: string, path: Path): unknown {
    let secret = false;
    const made = text.replaceAll(
      reference,
      (shown: string, literal: string, kind: string, expression: string) => {
        // `$${env:X}` is how to write the text itself.
        if (literal !== "") return shown.slice(1);
        const value = this.#value(shown, kind, expression, path);
        if (!isValue(value)) {
          this.findings.push({ path, error: value });
          return "";
        }
        secret ||= value.secret;
        if (!value.secret && shown === text) this.variables.add(pathKey(path));
        return value.text;
      },
    );
    if (!secret) return made;
    this.secrets.set(pathKey(path), text);
    return new Secret(made);
  }
}

/** Replaces `${env:NAME}`, `${file:PATH}` (secrets) and `${var:NAME:-default}` (plain) in every text but `use`. */
export const resolveReferences = (data: DataMap, origins: Origins): Resolved => {
  const resolver = new Resolver(origins);
  return {
    data: resolver.visit(data, []) as DataMap,
    secrets: resolver.secrets,
    variables: resolver.variables,
    findings: resolver.findings,
  };
};
