import { join } from "node:path";
import ts from "typescript";
import { repository } from "../shows/place.ts";

/** Programs that exist only here, beside the packages as they are built: the compiler finds these as a user's does. */
export interface Compiled {
  readonly checker: ts.TypeChecker;
  source(name: string): ts.SourceFile;
  /** What the compiler says, by the line of the program. */
  errors(name: string): ReadonlyMap<string, string>;
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
  module: ts.ModuleKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
  types: ["node"],
};

/** Compiles programs, given by their names and lines, all in one go. */
export const compiled = (programs: ReadonlyMap<string, readonly string[]>): Compiled => {
  const pathOf = (name: string): string => join(repository, "test/types", `${name}.virtual.ts`);
  const files = new Map([...programs].map(([name, lines]) => [pathOf(name), lines.join("\n")]));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  const program = ts.createProgram([...files.keys()], options, {
    ...host,
    fileExists: (path) => files.has(path) || fileExists(path),
    readFile: (path) => files.get(path) ?? readFile(path),
    getSourceFile: (path, version, ...rest) => {
      const text = files.get(path);
      return text === undefined
        ? getSourceFile(path, version, ...rest)
        : ts.createSourceFile(path, text, version, true);
    },
  });
  const source = (name: string): ts.SourceFile => program.getSourceFile(pathOf(name)) as ts.SourceFile;
  return {
    checker: program.getTypeChecker(),
    source,
    errors: (name) => {
      const file = source(name);
      const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      return new Map(
        found.map(({ start, messageText }) => {
          const { line } = file.getLineAndCharacterOfPosition(start ?? 0);
          return [programs.get(name)?.[line] ?? "", ts.flattenDiagnosticMessageText(messageText, "\n")];
        }),
      );
    },
  };
};
