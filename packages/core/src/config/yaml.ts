import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from "yaml";
import { configErrors } from "../errors/config-codes.ts";
import type { ConfigDocument } from "./document.ts";
import { folderOf } from "./document.ts";
import type { Path } from "./path.ts";

const maxAliases = 100;

const childAt = (
  node: unknown,
  part: string | number,
  document: Document,
): { at: unknown; next: unknown } => {
  const resolved = isAlias(node) ? node.resolve(document) : node;
  if (isSeq(resolved)) {
    const next = resolved.items[Number(part)];
    return { at: next, next };
  }
  if (!isMap(resolved)) return { at: undefined, next: undefined };
  const pair = resolved.items.find(
    (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(part),
  );
  return { at: pair?.key, next: pair?.value };
};

const lineFinder =
  (document: Document, lines: LineCounter) =>
  (path: Path): number | undefined => {
    let node: unknown = document.contents;
    let found: unknown = node;
    for (const part of path) {
      const { at, next } = childAt(node, part, document);
      if (at === undefined) break;
      found = at;
      node = next;
    }
    const start = (found as Node | null | undefined)?.range?.[0];
    return start === undefined ? undefined : lines.linePos(start).line;
  };

const toData = (file: string, document: Document): unknown => {
  try {
    return document.toJS({ maxAliasCount: maxAliases });
  } catch (error) {
    throw configErrors.HWS_CONFIG_SYNTAX([file, undefined, "its aliases expand too far"], { cause: error });
  }
};

const parse = (file: string, text: string, lines: LineCounter): Document => {
  try {
    return parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, merge: true });
  } catch (error) {
    throw configErrors.HWS_CONFIG_SYNTAX([file, undefined, "it is nested too deep"], { cause: error });
  }
};

/** Reads YAML 1.2. A repeated key, an unknown tag and a second document are errors. */
export const parseYaml = (file: string, text: string): ConfigDocument => {
  const lines = new LineCounter();
  const document = parse(file, text, lines);
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const { line } = lines.linePos(problem.pos[0]);
    throw configErrors.HWS_CONFIG_SYNTAX([file, line, problem.message.split("\n", 1)[0] ?? ""]);
  }
  return {
    data: toData(file, document),
    file,
    baseDirectory: folderOf(file),
    lineOf: lineFinder(document, lines),
  };
};
