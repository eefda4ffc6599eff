import type { HawserConfig } from "@hawser/core";
import { errors } from "./errors.ts";

/** The environment meant: the one asked for, the only one, or undefined for the top level when none is defined. */
export const environmentOf = (config: HawserConfig, asked: string | undefined): string | undefined => {
  const known = Object.keys(config.environments ?? {});
  if (asked !== undefined) {
    if (!known.includes(asked)) throw errors.HWS_CLI_ENVIRONMENT_UNKNOWN([asked, known]);
    return asked;
  }
  if (known.length > 1) throw errors.HWS_CLI_ENVIRONMENT_MISSING([known]);
  return known[0];
};

/** Whether a person has to type the environment's name first. */
export const asksFirst = (config: HawserConfig, environment: string | undefined): boolean => {
  const own = environment === undefined ? undefined : config.environments?.[environment]?.confirm;
  return own ?? (own === null ? false : (config.confirm ?? false));
};
