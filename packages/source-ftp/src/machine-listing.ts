import { type ListedEntry, UnreadableLine } from "./listed-entry.ts";

const kinds: Readonly<Record<string, ListedEntry["kind"]>> = {
  file: "file",
  dir: "directory",
  cdir: "self",
  pdir: "self",
};

const kindOf = (type: string): ListedEntry["kind"] =>
  kinds[type] ?? (/^os\.unix=s(?:ym)?link/.test(type) ? "link" : "special");

const factsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split(";")
      .filter((fact) => fact !== "")
      .map((fact) => {
        const at = fact.indexOf("=");
        return [fact.slice(0, at).toLowerCase(), fact.slice(at + 1)] as const;
      }),
  );

const readLine = (line: string): ListedEntry => {
  // Facts, one space, and the name with whatever is in it (RFC 3659, 7.2).
  const [, packed, name] = /^([^\s=;]+=[^; ]*(?:;[^\s=;]+=[^; ]*)*;?) (.+)$/.exec(line) ?? [];
  if (packed === undefined || name === undefined) throw new UnreadableLine(line);
  const facts = factsOf(packed);
  const size = /^\d{1,15}$/.exec(facts.get("size") ?? "")?.[0];
  const mode = /[0-7]{3}$/.exec(facts.get("unix.mode") ?? "")?.[0];
  return {
    name,
    kind: kindOf((facts.get("type") ?? "").toLowerCase()),
    time: /^\d{14}(?:\.\d{1,9})?$/.exec(facts.get("modify") ?? "")?.[0] ?? "",
    ...(size !== undefined && { sizeBytes: Number(size) }),
    ...(mode !== undefined && { executable: (Number(mode[0]) & 1) === 1 }),
  };
};

/** Reads the reply to MLSD. A line that cannot be read is an error: nothing is left out of a tree in silence. */
export const readMachineListing = (text: string): readonly ListedEntry[] =>
  text
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .map(readLine);
