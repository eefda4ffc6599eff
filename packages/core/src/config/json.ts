import { configErrors } from "../errors/config-codes.ts";
import type { ConfigDocument } from "./document.ts";
import { parseYaml } from "./yaml.ts";

const lineAt = (text: string, message: string): number | undefined => {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined) return undefined;
  return text.slice(0, Number(position)).split("\n").length;
};

/** Reads strict JSON. What is JSON is YAML too, whose parser sees repeated keys and knows the lines. */
export const parseJson = (file: string, text: string): ConfigDocument => {
  try {
    JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    // The engine's message quotes the text, which may hold a secret.
    const what = /end of JSON|Unterminated/.test(message) ? "the JSON ends too early" : "it is not JSON";
    throw configErrors.HWS_CONFIG_SYNTAX([file, lineAt(text, message), what]);
  }
  return parseYaml(file, text);
};
