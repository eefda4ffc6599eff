import { errors } from "./errors.ts";

/** The options that every verb takes. */
export interface GlobalOptions {
  readonly config?: string;
  readonly environment?: string;
  readonly json?: boolean;
  readonly result?: string;
  readonly yes?: boolean;
  readonly wait?: string;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const duration = /^([0-9]{1,9})(ms|s|m|h)$/;
const defaultWait = "10m";

/** Milliseconds of `90s`, `10m`, `1h`. */
export const durationMs = (text: string): number => {
  const [, number, unit] = duration.exec(text) ?? [];
  if (number === undefined || unit === undefined) {
    throw errors.HWS_CLI_USAGE([`"${text}" is no duration`], { hint: "Write it as 90s, 10m or 1h." });
  }
  return Number(number) * (unitMs[unit] as number);
};

/** How long to wait for a held lock, when `--wait` was given. */
export const waitOf = (options: GlobalOptions): { waitMs?: number } =>
  options.wait === undefined ? {} : { waitMs: durationMs(options.wait) };

/** `--wait` alone means ten minutes; a parser of options would take the word after it for its value. */
export const withWaitValue = (argv: readonly string[]): string[] => {
  const end = argv.indexOf("--");
  const isOption = (index: number): boolean => end < 0 || index < end;
  return argv.flatMap((word, index) => {
    if (word === "--wait" && isOption(index))
      return duration.test(argv[index + 1] ?? "") ? [] : [`--wait=${defaultWait}`];
    return argv[index - 1] === "--wait" && isOption(index) && duration.test(word)
      ? [`--wait=${word}`]
      : [word];
  });
};

/** Leaves out what was not given: an absent option and one that is undefined are not the same to the engine. */
export const given = <T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
