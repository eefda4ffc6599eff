import { basename } from "node:path";
import type { Problem } from "../contracts/common.ts";
import type { Finding } from "./data.ts";
import type { Layer } from "./layers.ts";
import { formatPath } from "./path.ts";

/** A problem of a config, with where to mend it. */
export interface ConfigProblem extends Problem {
  /** `environments.production.storage.with.bucket` */
  readonly path: string;
  readonly file?: string;
  readonly line?: number;
}

const place = (file: string | undefined, line: number | undefined): string =>
  file === undefined ? "" : ` (${basename(file)}${line === undefined ? "" : `:${line}`})`;

/** Says a finding in the words of the file it came from. */
export const toProblem = (finding: Finding, layer: Layer | undefined): ConfigProblem => {
  const full = [...(layer?.prefix ?? []), ...finding.path];
  const path = formatPath(full);
  const file = layer?.document.file;
  const line = layer?.document.lineOf?.(full);
  return {
    code: finding.error.code,
    message: finding.error.message,
    ...(finding.error.hint !== undefined && { hint: finding.error.hint }),
    where: `${path === "" ? "the config" : path}${place(file, line)}`,
    severity: finding.severity ?? "error",
    path,
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
  };
};
