/** Where something stands in a config. */
export type Path = readonly (string | number)[];

/** `environments.production.storage.with.bucket`, `listeners[0].use`. */
export const formatPath = (path: Path): string =>
  path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
    "",
  );

export const pathKey = (path: Path): string => JSON.stringify(path.map(String));

/** A JSON pointer as a path; `data` tells which parts are positions in lists. */
export const pointerPath = (pointer: string, data: unknown): Path => {
  let value = data;
  return pointer
    .split("/")
    .slice(1)
    .map((part) => {
      const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
      const step = Array.isArray(value) ? Number(name) : name;
      value = (value as Record<string | number, unknown> | undefined)?.[step];
      return step;
    });
};
