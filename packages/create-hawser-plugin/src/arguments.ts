import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { errors } from "./errors.ts";
import { kindNamed, type TemplateKind } from "./kinds.ts";
import { type Licence, licenceNamed } from "./licence.ts";
import { nameFrom, nameProblem } from "./package-name.ts";
import { folderProblem } from "./plugin-folder.ts";
import type { Wish } from "./wish.ts";

/** What the arguments say; each is there only when it was given, and is good then. */
export interface Arguments extends Partial<Wish> {
  /** Ask nothing: what was not given has its default. */
  readonly yes: boolean;
  readonly ends?: "help" | "version";
}

const options = {
  kind: { type: "string" },
  name: { type: "string" },
  license: { type: "string" },
  yes: { type: "boolean", short: "y" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
} as const;

const parse = (argv: readonly string[]) => {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw errors.HWS_SCAFFOLD_USAGE([(error as Error).message.split(/\. |\n/, 1)[0] ?? ""], error);
  }
};

export const checkedFolder = (folder: string): string => {
  const problem = folderProblem(folder);
  if (problem !== undefined) throw errors.HWS_SCAFFOLD_FOLDER([folder, problem]);
  return folder;
};

const checkedKind = (text: string): TemplateKind => {
  const facts = kindNamed(text);
  if (facts === undefined) throw errors.HWS_SCAFFOLD_KIND([text]);
  return facts.kind;
};

const checkedName = (name: string): string => {
  const problem = nameProblem(name);
  if (problem !== undefined) throw errors.HWS_SCAFFOLD_NAME([name, problem]);
  return name;
};

const checkedLicence = (text: string): Licence => {
  const licence = licenceNamed(text);
  if (licence === undefined) throw errors.HWS_SCAFFOLD_LICENCE([text]);
  return licence;
};

/** Reads the arguments, from a folder. What is wrong is found before anything is asked or written. */
export const readArguments = (argv: readonly string[], cwd: string): Arguments => {
  const { values, positionals } = parse(argv);
  if (values.help === true) return { yes: true, ends: "help" };
  if (values.version === true) return { yes: true, ends: "version" };
  const [folder, ...more] = positionals;
  if (more.length > 0)
    throw errors.HWS_SCAFFOLD_USAGE([`one folder is made, and ${positionals.length} are named`]);
  return {
    yes: values.yes === true,
    ...(values.kind !== undefined && { kind: checkedKind(values.kind) }),
    ...(values.name !== undefined && { name: checkedName(values.name) }),
    ...(values.license !== undefined && { licence: checkedLicence(values.license) }),
    ...(folder !== undefined && { folder: checkedFolder(resolve(cwd, folder)) }),
  };
};

/** What is made of the arguments where nobody can be asked. */
export const wishOf = ({ folder, kind, name, licence = "Apache-2.0" }: Arguments): Wish => {
  if (folder === undefined) throw errors.HWS_SCAFFOLD_USAGE(["no folder is named"]);
  if (kind === undefined) throw errors.HWS_SCAFFOLD_USAGE(["--kind is missing"]);
  return { folder, kind, licence, name: name ?? nameFrom(basename(folder)) ?? checkedName(basename(folder)) };
};
