/** A JSON Schema, as far as tables of options look at it. */
export interface OptionSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly secret?: boolean;
  readonly path?: boolean;
  readonly properties?: Readonly<Record<string, OptionSchema>>;
  readonly required?: readonly string[];
  readonly items?: OptionSchema;
  readonly anyOf?: readonly OptionSchema[];
  readonly additionalProperties?: boolean | OptionSchema;
}

/** One option, or a member of one. */
export interface OptionRow {
  /** Where it stands, as `check.http`, `instances[].id` or `commands.<name>.run`. */
  readonly name: string;
  readonly type: string;
  readonly initial: string;
  readonly meaning: string;
}

const code = (value: unknown): string => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

const unique = (words: readonly string[]): string => [...new Set(words)].join(" or ");

const shapeOf = (schema: OptionSchema): string => {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(", ");
  if (schema.anyOf !== undefined) return unique(schema.anyOf.map(shapeOf));
  if (schema.secret === true) return "secret";
  if (schema.path === true) return "path";
  const { additionalProperties: named } = schema;
  if (typeof named === "object" && named.properties === undefined) return `map of ${shapeOf(named)}`;
  const words = [schema.type ?? []].flat().map((type) => shapes[type] ?? type);
  return schema.type === "array" && schema.items !== undefined
    ? `list of ${shapeOf(schema.items)}`
    : unique(words);
};

const shapes: Readonly<Record<string, string>> = {
  array: "list",
  boolean: "yes or no",
  integer: "number",
  null: "null",
  object: "map",
  string: "text",
};

/** Schemas of the members below an option, each with what its name is followed by. */
const below = (schema: OptionSchema): readonly (readonly [suffix: string, inner: OptionSchema])[] => [
  ...(schema.properties === undefined ? [] : [["", schema] as const]),
  ...(schema.items === undefined
    ? []
    : below(schema.items).map(([suffix, inner]) => [`[]${suffix}`, inner] as const)),
  ...(schema.anyOf ?? []).flatMap(below),
  ...(typeof schema.additionalProperties === "object"
    ? below(schema.additionalProperties).map(([suffix, inner]) => [`.<name>${suffix}`, inner] as const)
    : []),
];

const initialOf = (schema: OptionSchema, isRequired: boolean): string => {
  if (isRequired) return "required";
  return schema.default === undefined ? "" : code(schema.default);
};

class Rows {
  readonly #shown = new Map<string, string>();

  of(schema: OptionSchema, prefix: string): readonly OptionRow[] {
    return Object.entries(schema.properties ?? {}).flatMap(([key, option]) => {
      const name = `${prefix}${key}`;
      const inner = below(option).map(([suffix, members]) => this.#members(members, `${name}${suffix}`));
      const as = inner.flatMap(({ as: first }) =>
        first === undefined ? [] : [`Members as ${code(first)}.`],
      );
      const row: OptionRow = {
        name,
        type: shapeOf(option),
        initial: initialOf(option, schema.required?.includes(key) ?? false),
        meaning: [option.description ?? "", ...as].join(" "),
      };
      return [row, ...inner.flatMap(({ rows }) => rows)];
    });
  }

  /** The members of a map, once: the same ones elsewhere are named by where they stand first. */
  #members(
    schema: OptionSchema,
    name: string,
  ): { readonly rows: readonly OptionRow[]; readonly as?: string } {
    const key = JSON.stringify(schema.properties);
    const first = this.#shown.get(key);
    if (first !== undefined) return { rows: [], as: first };
    this.#shown.set(key, name);
    return { rows: this.of(schema, `${name}.`) };
  }
}

/** Every option of a plugin, with the members of those that are maps. */
export const optionRows = (schema: OptionSchema): readonly OptionRow[] => new Rows().of(schema, "");

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** Words of a schema go on from "must be …" or stand for themselves; in a table they are a sentence. */
const sentence = (text: string): string => {
  if (text === "") return "";
  const begun = /^[a-z]+\b(?!\.)/.test(text) ? `${text.slice(0, 1).toUpperCase()}${text.slice(1)}` : text;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
};

/** A plugin's options as a table in Markdown. */
export const optionsTable = (schema: OptionSchema): string => {
  const rows = optionRows(schema);
  if (rows.length === 0) return "It has none.";
  return [
    "| option | type | default | meaning |",
    "| --- | --- | --- | --- |",
    ...rows.map(
      ({ name, type, initial, meaning }) =>
        `| \`${cell(name)}\` | ${cell(type)} | ${cell(initial)} | ${cell(sentence(meaning))} |`,
    ),
  ].join("\n");
};
