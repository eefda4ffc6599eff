/** One word of sh that means exactly this text. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Words of sh, in their order. */
export const words = (texts: readonly string[]): string => texts.map(quoted).join(" ");

/** A path in which `*` stands for any part of a name. */
export const pattern = (path: string): string =>
  path
    .split("*")
    .map((part) => (part === "" ? "" : quoted(part)))
    .join("*");
