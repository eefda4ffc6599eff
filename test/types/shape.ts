import type { Schema } from "@hawser/core";
import ts from "typescript";

/** What a value may be, as a schema and a type both can say it. */
export interface Shape {
  /** Of JSON. */
  readonly kinds: readonly string[];
  /** Of objects with names that are known; with `?` those that may be left out. */
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  /** Of objects with any names. */
  readonly values?: Shape;
}

const optional = (name: string): string => name.replace(/\??$/, "?");

/** One that is the same for every alternative in which it is: what is not in all of them may be left out. */
const joinProperties = (shapes: readonly Shape[]): Readonly<Record<string, Shape>> => {
  const maps = shapes.map(({ properties }) => properties).filter((map) => map !== undefined);
  const names = new Set(maps.flatMap((map) => Object.keys(map).map((key) => key.replace("?", ""))));
  return Object.fromEntries(
    [...names].sort().map((name) => {
      const found = maps.flatMap((map) => map[name] ?? map[optional(name)] ?? []);
      const required = maps.every((map) => map[name] !== undefined);
      return [required ? name : optional(name), join(found)];
    }),
  );
};

const join = (shapes: readonly Shape[]): Shape => {
  const [first, ...others] = shapes;
  if (first !== undefined && others.length === 0) return first;
  const items = shapes.flatMap((shape) => shape.items ?? []);
  const values = shapes.flatMap((shape) => shape.values ?? []);
  return {
    kinds: [...new Set(shapes.flatMap(({ kinds }) => kinds))].sort(),
    ...(shapes.some(({ properties }) => properties !== undefined) && { properties: joinProperties(shapes) }),
    ...(items.length > 0 && { items: join(items) }),
    ...(values.length > 0 && { values: join(values) }),
  };
};

interface Keywords extends Partial<Schema<unknown>> {
  readonly [keyword: string]: unknown;
}

const kindOf = (value: unknown): string => (value === null ? "null" : typeof value);

const alternatives = (schema: Keywords): readonly Keywords[] =>
  [schema.anyOf, schema.oneOf].flatMap((list) => (list as readonly Keywords[] | undefined) ?? []);

/** The keywords that say what a value is; those that only refuse some such values have no counterpart in a type. */
const says = (schema: Keywords): boolean =>
  ["type", "enum", "const"].some((keyword) => keyword in schema) || alternatives(schema).some(says);

export const shapeOfSchema = (given: unknown): Shape => {
  const schema = given as Keywords;
  const { enum: values, const: value, items, additionalProperties } = schema;
  const types = [schema.type as string | readonly string[] | undefined]
    .flat()
    .filter((each) => each !== undefined);
  const required = new Set(schema.required ?? []);
  const own: Shape = {
    kinds: [
      ...new Set([
        ...types.map((each) => (each === "integer" ? "number" : each)),
        ...((values as unknown[] | undefined) ?? []).map(kindOf),
        ...("const" in schema ? [kindOf(value)] : []),
      ]),
    ].sort(),
    ...(schema.properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(schema.properties)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, each]) => [required.has(name) ? name : optional(name), shapeOfSchema(each)]),
      ),
    }),
    ...(items !== undefined && { items: shapeOfSchema(items) }),
    ...(typeof additionalProperties === "object" && { values: shapeOfSchema(additionalProperties) }),
  };
  const others = alternatives(schema).filter(says).map(shapeOfSchema);
  return own.kinds.length === 0 ? join(others) : join([own, ...others]);
};

const primitives: readonly (readonly [ts.TypeFlags, string])[] = [
  [ts.TypeFlags.StringLike, "string"],
  [ts.TypeFlags.NumberLike, "number"],
  [ts.TypeFlags.BooleanLike, "boolean"],
  [ts.TypeFlags.Null, "null"],
];

const shapeOfMember = (type: ts.Type, checker: ts.TypeChecker): Shape => {
  const primitive = primitives.find(([flag]) => (type.flags & flag) !== 0);
  if (primitive !== undefined) return { kinds: [primitive[1]] };
  if (type.symbol?.name === "Secret") return { kinds: ["string"] };
  if (checker.isArrayType(type)) {
    const [item] = checker.getTypeArguments(type as ts.TypeReference);
    return { kinds: ["array"], ...(item !== undefined && { items: shapeOfType(item, checker) }) };
  }
  const values = checker.getIndexInfoOfType(type, ts.IndexKind.String)?.type;
  // Of `never` nothing has a name, of `unknown` nothing more can be said.
  if (values !== undefined && (values.flags & ts.TypeFlags.Never) !== 0)
    return { kinds: ["object"], properties: {} };
  if (values !== undefined && (values.flags & ts.TypeFlags.Unknown) !== 0) return { kinds: ["object"] };
  if (values !== undefined) return { kinds: ["object"], values: shapeOfType(values, checker) };
  const properties = checker.getPropertiesOfType(type).map((symbol) => {
    const isOptional = (symbol.flags & ts.SymbolFlags.Optional) !== 0;
    return [
      isOptional ? optional(symbol.name) : symbol.name,
      shapeOfType(checker.getTypeOfSymbol(symbol), checker),
    ] as const;
  });
  return {
    kinds: ["object"],
    properties: Object.fromEntries(properties.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
};

export const shapeOfType = (type: ts.Type, checker: ts.TypeChecker): Shape => {
  const members = type.isUnion() ? type.types : [type];
  return join(
    members
      .filter(({ flags }) => (flags & ts.TypeFlags.Undefined) === 0)
      .map((member) => shapeOfMember(member, checker)),
  );
};
