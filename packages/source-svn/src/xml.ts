/** An element of what `svn --xml` writes. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** The text directly in it. */
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

const declaration = /<\?xml version="1\.0" encoding="UTF-8"\?>/y;
const openTag = /<([A-Za-z][A-Za-z0-9-]*)((?:\s+[A-Za-z][A-Za-z0-9:-]*="[^"<]*")*)\s*(\/?)>/y;
const closeTag = /<\/([A-Za-z][A-Za-z0-9-]*)>/y;
const characters = /[^<]+/y;
const attribute = /([A-Za-z][A-Za-z0-9:-]*)="([^"]*)"/g;
const entity = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));|&/g;
const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Deeper than any answer of svn. */
const deepest = 32;

/** Text that is not XML, or is XML of a kind that svn does not write: a document type, a comment, CDATA. */
export class XmlError extends Error {}

/** Reads a document whole. It throws `XmlError` for whatever it does not know; nothing is guessed or skipped. */
export const readXml = (text: string): XmlElement => {
  const root: OpenElement = { name: "", attributes: new Map(), children: [], text: "" };
  const open: OpenElement[] = [root];
  let at = match(declaration, text, 0)?.[0].length ?? 0;
  while (at < text.length) {
    const top = open.at(-1) ?? root;
    const started = match(openTag, text, at);
    const token = started ?? match(closeTag, text, at) ?? match(characters, text, at);
    if (token === undefined) throw new XmlError(`unexpected ${JSON.stringify(text.slice(at, at + 20))}`);
    at += token[0].length;
    if (started !== undefined) start(open, started);
    else if (token[0].startsWith("</")) end(open, token[1] ?? "");
    else top.text += unescaped(token[0]);
  }
  const [element, ...others] = root.children;
  if (open.length > 1 || element === undefined || others.length > 0 || root.text.trim() !== "")
    throw new XmlError("the document is not whole");
  return element;
};

const match = (pattern: RegExp, text: string, at: number): RegExpExecArray | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
};

const start = (open: OpenElement[], [, name = "", attributes = "", empty]: RegExpExecArray): void => {
  const element = { name, attributes: attributesOf(attributes), children: [], text: "" };
  open.at(-1)?.children.push(element);
  if (empty === "/") return;
  if (open.length >= deepest) throw new XmlError("elements are nested too deeply");
  open.push(element);
};

const end = (open: OpenElement[], name: string): void => {
  if (open.length < 2 || open.pop()?.name !== name) throw new XmlError(`unexpected </${name}>`);
};

const attributesOf = (text: string): ReadonlyMap<string, string> =>
  new Map([...text.matchAll(attribute)].map(([, name = "", value = ""]) => [name, unescaped(value)]));

const unescaped = (text: string): string =>
  text.replaceAll(entity, (whole, word?: string, decimal?: string, hex?: string) => {
    if (word !== undefined) return named[word] ?? "";
    const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
    if (Number.isNaN(code) || code > 0x10_ffff) throw new XmlError(`unexpected ${whole}`);
    return String.fromCodePoint(code);
  });
