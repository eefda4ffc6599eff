import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";

/** What a schema says of its texts, by JSON pointer. */
export interface Marks {
  /** Texts that arrive as a `Secret`. */
  readonly secrets: ReadonlySet<string>;
  /** Texts that arrive as an absolute path. */
  readonly paths: ReadonlySet<string>;
}

export interface Verdict {
  readonly errors: readonly ErrorObject[];
  readonly marks: Marks;
}

let marks: { secrets: Set<string>; paths: Set<string> } = { secrets: new Set(), paths: new Set() };

/** One for all schemas: each further one would compile the schema of schemas again, which costs more than ours do. */
const ajv: Ajv2020 = new Ajv2020({
  allErrors: true,
  strict: true,
  strictRequired: false,
  strictTypes: false,
  allowUnionTypes: true,
  verbose: true,
  logger: false,
});

const mark = (keyword: string, into: "secrets" | "paths"): void => {
  ajv.addKeyword({
    keyword,
    type: "string",
    schemaType: "boolean",
    errors: false,
    validate: (on: boolean, _text: string, _schema?: unknown, at?: { instancePath: string }): boolean => {
      if (on && at !== undefined) marks[into].add(at.instancePath);
      return true;
    },
  });
};
mark("secret", "secrets");
mark("path", "paths");

type Check = (data: unknown) => Verdict;

const compiled = new WeakMap<object, Check>();

/** Compiles a schema, throwing when it is no schema of JSON Schema 2020-12, and gives its check. */
export const compileSchema = (schema: object): Check => {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  try {
    const check = ajv.compile(schema);
    const judge: Check = (data) => {
      marks = { secrets: new Set(), paths: new Set() };
      check(data);
      return { errors: [...(check.errors ?? [])], marks };
    };
    compiled.set(schema, judge);
    return judge;
  } finally {
    // Two plugins may give their schemas the same `$id`.
    ajv.removeSchema(schema);
  }
};
