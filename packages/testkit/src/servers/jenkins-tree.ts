/** What the query parameter `tree` of Jenkins' API asks for: fields, and which of theirs. */
export type FieldTree = Map<string, FieldTree>;

/** Reads `number,artifacts[relativePath],builds[number]{0,10}`; what it cannot read is an error, as for Jenkins. */
export const parseFieldTree = (text: string): FieldTree => {
  let at = 0;
  const read = (): FieldTree => {
    const fields: FieldTree = new Map();
    for (;;) {
      const [name = ""] = /^\w+/.exec(text.slice(at)) ?? [];
      if (name === "") throw new Error(`no field at ${at} of ${text}`);
      at += name.length;
      let inner: FieldTree = new Map();
      if (text[at] === "[") {
        at += 1;
        inner = read();
        if (text[at] !== "]") throw new Error(`no ] at ${at} of ${text}`);
        at += 1;
      }
      at += /^\{\d*,\d*\}/.exec(text.slice(at))?.[0].length ?? 0;
      fields.set(name, inner);
      if (text[at] !== ",") return fields;
      at += 1;
    }
  };
  const fields = read();
  if (at !== text.length) throw new Error(`${text} does not end at ${at}`);
  return fields;
};

/** The fields of an answer that were asked for. Fields that nothing has are left out; `_class` is always there. */
export const chosenFields = (value: unknown, fields: FieldTree): unknown => {
  if (Array.isArray(value)) return value.map((item) => chosenFields(item, fields));
  if (typeof value !== "object" || value === null || fields.size === 0) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name === "_class" || fields.has(name))
      .map(([name, inner]) => [name, chosenFields(inner, fields.get(name) ?? new Map())]),
  );
};
