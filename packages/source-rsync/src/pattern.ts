import { errors } from "./errors.ts";
import type { RsyncSourceOptions } from "./options.ts";

/** Version control's and Hawser's own folders never belong to an application. */
const always = [".git", ".svn", ".hg", ".hawser"];

const checkPattern = (option: string, pattern: string): string => {
  const why = /[\u0000-\u001f\u007f]/.test(pattern)
    ? "has a control character"
    : pattern.length > 1000
      ? "is too long"
      : // rsync reads `+ x` in an exclude as an include, and `!` as "forget all patterns so far".
        /^(?:[+-] |!)/.test(pattern)
        ? "begins with what rsync reads as a rule of its own"
        : undefined;
  if (why === undefined) return pattern;
  throw errors.HWS_RSYNC_OPTION([option, `the pattern ${JSON.stringify(pattern.slice(0, 80))} ${why}`]);
};

/** The arguments for the options `include` and `exclude`: the first pattern that fits a name decides. */
export const patternArguments = ({ include = [], exclude = [] }: RsyncSourceOptions): readonly string[] => [
  ...always.map((name) => `--exclude=${name}`),
  ...include.map((pattern) => `--include=${checkPattern("include", pattern)}`),
  ...exclude.map((pattern) => `--exclude=${checkPattern("exclude", pattern)}`),
];
