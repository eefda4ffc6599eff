import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** A field of a documented type. */
export interface DocumentedField {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly doc: string;
}

/** A type that the contracts export. */
export interface DocumentedType {
  readonly name: string;
  readonly doc: string;
  /** Of an interface, those of what it extends first. */
  readonly fields: readonly DocumentedField[];
  /** What another type is made of, as it is written: `"a" | "b"`. */
  readonly alias?: string;
}

const contracts = join(import.meta.dirname, "../../packages/core/src/contracts");

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

/** The comment above something, its lists kept. */
const docOf = (node: ts.Node): string => {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = ts.getTextOfJSDocComment(comment?.comment) ?? "";
  return text
    .split(/\n(?=\s*- )|\n\s*\n/)
    .map(oneLine)
    .filter((line) => line !== "")
    .join("\n");
};

const typeText = (node: ts.TypeNode | undefined, file: ts.SourceFile): string =>
  oneLine(node?.getText(file) ?? "unknown")
    .replace(/^\| /, "")
    .replaceAll("readonly ", "");

const fieldsOf = (members: ts.NodeArray<ts.TypeElement>, file: ts.SourceFile): DocumentedField[] =>
  members.filter(ts.isPropertySignature).map((member) => ({
    name: member.name.getText(file),
    type: typeText(member.type, file),
    optional: member.questionToken !== undefined,
    doc: docOf(member),
  }));

interface Declared extends DocumentedType {
  readonly bases: readonly string[];
}

const declaredIn = (path: string): Declared[] => {
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  return file.statements.flatMap((statement): Declared[] => {
    if (ts.isInterfaceDeclaration(statement)) {
      const bases = (statement.heritageClauses ?? []).flatMap(({ types }) =>
        types.map(({ expression }) => expression.getText(file)),
      );
      return [
        {
          name: statement.name.text,
          doc: docOf(statement),
          fields: fieldsOf(statement.members, file),
          bases,
        },
      ];
    }
    if (!ts.isTypeAliasDeclaration(statement)) return [];
    const alias = typeText(statement.type, file);
    return [{ name: statement.name.text, doc: docOf(statement), fields: [], alias, bases: [] }];
  });
};

/** Every type of the contracts, by its name. */
export const contractTypes = (): ReadonlyMap<string, DocumentedType> => {
  const declared = new Map(
    readdirSync(contracts)
      .flatMap((name) => declaredIn(join(contracts, name)))
      .map((type) => [type.name, type]),
  );
  const allFields = ({ bases, fields }: Declared): DocumentedField[] => {
    const inherited = bases.flatMap((base) => {
      const found = declared.get(base);
      return found === undefined ? [] : allFields(found);
    });
    const own = new Set(fields.map(({ name }) => name));
    return [...inherited.filter(({ name }) => !own.has(name)), ...fields];
  };
  return new Map([...declared].map(([name, type]) => [name, { ...type, fields: allFields(type) }]));
};
