import type { GlobalOptions } from "./options.ts";

const plainWord = /^[A-Za-z0-9_./:@%+=,-]+$/;
const quoted = (word: string): string => (plainWord.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** A command for a person to give next, with the same config and environment as this one. */
export const nextCommand = (options: GlobalOptions, ...words: readonly string[]): string =>
  [
    "hawser",
    ...words,
    ...(options.config === undefined ? [] : ["-c", options.config]),
    ...(options.environment === undefined ? [] : ["-e", options.environment]),
  ]
    .map(quoted)
    .join(" ");

/** A command that the engine proposes, with the config that was named here: the engine does not know its file's name. */
export const withConfig = (proposed: string, { config }: GlobalOptions): string => {
  const [command = "", ...remark] = proposed.split(/(?= +#)/);
  if (config === undefined || !command.startsWith("hawser ") || / -c /.test(command)) return proposed;
  return `${command} -c ${quoted(config)}${remark.join("")}`;
};
