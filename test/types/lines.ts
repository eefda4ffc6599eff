import { type Kind, kinds, type Plugin } from "@hawser/core";

/** One line of a user's program, and what the compiler must say of it; nothing when it must compile. */
export interface Line {
  readonly code: string;
  readonly refusal?: RegExp;
}

/** What somebody may write of one plugin. */
export interface Lines {
  readonly right: readonly Line[];
  readonly unknownOption: readonly Line[];
  readonly missingOption: readonly Line[];
  readonly wrongType: readonly Line[];
  readonly wrongSlot: readonly Line[];
}

/** Of no option's type. */
const foreign = "1n";

const used = (options: string): string => `use(plugin, ${options})`;

const inSlot = (kind: Kind, block: string): string => {
  const slot = kind === "listener" ? `listeners: [${block}]` : `${kind}: ${block}`;
  return `defineConfig({ app: "shop", ${slot} })`;
};

const without = (options: object, name: string): object =>
  Object.fromEntries(Object.entries(options).filter(([each]) => each !== name));

/** The lines of a plugin, made from options that are right and from its schema. */
export const linesOf = ({ kind, schema }: Pick<Plugin, "kind" | "schema">, options: object): Lines => {
  const right = used(JSON.stringify(options));
  return {
    right: [{ code: inSlot(kind, right) }],
    unknownOption: [
      {
        code: used(JSON.stringify({ ...options, unheardOf: true })),
        refusal: /unheardOf.* does not exist|not assignable to type 'never'/,
      },
    ],
    missingOption: (schema.required ?? []).map((name) => ({
      code: used(JSON.stringify(without(options, name))),
      refusal: new RegExp(`'${name}' is missing|missing the following properties.*\\b${name}\\b`),
    })),
    wrongType: Object.keys(schema.properties).map((name) => ({
      code: used(`{ ...${JSON.stringify(without(options, name))}, ${JSON.stringify(name)}: ${foreign} }`),
      refusal: /(bigint|'1n')/,
    })),
    wrongSlot: kinds
      .filter((other) => other !== kind)
      .map((other) => ({
        code: inSlot(other, right),
        refusal: new RegExp(`Use<"${kind}">.* is not assignable`),
      })),
  };
};
