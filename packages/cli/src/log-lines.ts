import type { Logger } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { Invocation } from "./invocation.ts";
import { escapeLine } from "./render/escape.ts";

const levels = ["debug", "info", "warn"] as const;
type Level = (typeof levels)[number];

const levelOf = (text: string): Level => {
  const level = levels.find((known) => known === text);
  if (level === undefined)
    throw errors.HWS_CLI_USAGE([`HAWSER_LOG=${text} is no level`], {
      hint: `It is one of ${levels.join(", ")}.`,
    });
  return level;
};

/**
 * Where engine and plugins write what a person may want to read beside the events. With `HAWSER_LOG` each is a line of JSON on
 * standard error, from that level up; without it only warnings are shown, in words.
 */
export const loggerOf = ({
  surroundings,
  errors: output,
}: Pick<Invocation, "surroundings" | "errors">): Logger => {
  const { HAWSER_LOG: asked } = surroundings.env;
  const silent = (): void => {};
  if (asked === undefined || asked === "")
    return { debug: silent, info: silent, warn: (message) => output.line(`hawser: ${escapeLine(message)}`) };
  const lowest = levels.indexOf(levelOf(asked));
  const writer = (level: Level): Logger[Level] =>
    levels.indexOf(level) < lowest
      ? silent
      : (message, fields) =>
          output.line(JSON.stringify({ time: Date.now(), level, message, ...(fields && { fields }) }));
  return { debug: writer("debug"), info: writer("info"), warn: writer("warn") };
};
