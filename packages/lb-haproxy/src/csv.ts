const quoted = /"((?:[^"]|"")*)"/y;
const plain = /([^",\r\n]*)/y;

/** Reads the CSV of `show stat` (RFC 4180 quoting): rows of fields, or undefined when it is cut or malformed. */
export const parseCsv = (text: string): string[][] | undefined => {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const form = text[at] === '"' ? quoted : plain;
    form.lastIndex = at;
    const field = form.exec(text);
    if (!field) return undefined;
    row.push(form === quoted ? (field[1] ?? "").replaceAll('""', '"') : (field[1] ?? ""));
    at = form.lastIndex;
    const end = text[at];
    at += 1;
    if (end === ",") continue;
    if (end !== "\n") return undefined;
    rows.push(row);
    row = [];
  }
  return row.length === 0 ? rows : undefined;
};
