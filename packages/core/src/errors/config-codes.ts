import { defineErrors, type Makers } from "./catalogue.ts";

const entries = {
  HWS_CONFIG_NOT_FOUND: {
    message: (where: string): string => `there is no config in ${where}`,
    hint: "make one with `hawser init`, or name it with `-c FILE`",
  },
  HWS_CONFIG_UNREADABLE: {
    message: (file: string, why: string): string => `the config ${file} cannot be read: ${why}`,
  },
  HWS_CONFIG_FORMAT: {
    message: (file: string): string => `the config ${file} is of no known kind`,
    hint: "a config ends in .yaml, .yml, .json, .js, .mjs or .ts",
  },
  HWS_CONFIG_LOADER: {
    message: (file: string): string => `the config ${file} is TypeScript, for which no loader was given`,
    hint: "the command line brings one; in a program give `loadModule`, or import the config yourself",
  },
  HWS_CONFIG_SYNTAX: {
    message: (file: string, line: number | undefined, what: string): string =>
      `${file}${line === undefined ? "" : `:${line}`}: ${what}`,
  },
  HWS_CONFIG_MODULE: {
    message: (file: string, why: string): string => `the config ${file} failed when it was loaded: ${why}`,
    hint: "its default export is the config: `export default defineConfig({ … })`",
  },
  HWS_CONFIG_EXTENDS: {
    message: (file: string, why: string): string => `${file} extends ${why}`,
    hint: "`extends` names one base file, relative to the file it stands in",
  },
  HWS_CONFIG_ENVIRONMENT: {
    message: (what: string, _names: readonly string[]): string => what,
    hint: (_what: string, names: readonly string[]): string =>
      names.length === 0
        ? "the config defines no environment: leave `-e` out"
        : `give one with \`-e\`: ${names.join(", ")}`,
  },
  HWS_CONFIG_INVALID: {
    message: (where: string, count: number): string =>
      `${where} has ${count} ${count === 1 ? "problem" : "problems"}`,
    hint: "mend what is listed and run `hawser validate`",
  },
};

/** Why there is no config to work with. */
export const configErrors: Makers<typeof entries> = defineErrors(entries);

const problems = {
  HWS_CONFIG_UNKNOWN_OPTION: {
    message: (name: string): string => `there is no option ${name}`,
  },
  HWS_CONFIG_MISSING_OPTION: {
    message: (name: string): string => `the option ${name} is missing`,
  },
  HWS_CONFIG_WRONG_TYPE: {
    message: (expected: string, found: string): string => `must be ${expected}, is ${found}`,
  },
  HWS_CONFIG_WRONG_VALUE: {
    message: (what: string): string => what,
  },
  HWS_CONFIG_KEY_REFUSED: {
    message: (key: string): string => `the key ${key} is refused: it changes what an object is`,
  },
  HWS_CONFIG_NOT_DATA: {
    message: (what: string): string => `is ${what}, which is not data`,
    hint: "a config holds texts, numbers, booleans, lists, maps, secrets and plugins",
  },
  HWS_CONFIG_REFERENCE: {
    message: (reference: string, why: string): string => `${reference} ${why}`,
  },
  HWS_CONFIG_SECRET_MISPLACED: {
    message: (reference: string): string =>
      `${reference} gives a secret, and this option may be stored or shown`,
    hint: "use `var` in place of `env` for a plain value, or an option that takes secrets",
  },
  HWS_CONFIG_RULE: {
    message: (what: string): string => what,
  },
};

/** What can be wrong inside a config. They are gathered, never thrown one by one. */
export const configProblems: Makers<typeof problems> = defineErrors(problems);
