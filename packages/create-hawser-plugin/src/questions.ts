import { basename, resolve } from "node:path";
import type { Arguments } from "./arguments.ts";
import { errors } from "./errors.ts";
import { kinds, type TemplateKind } from "./kinds.ts";
import { licences } from "./licence.ts";
import { nameFrom, nameProblem } from "./package-name.ts";
import { folderProblem } from "./plugin-folder.ts";
import type { Wish } from "./wish.ts";

/** `loadBalancer` as it stands in the names of packages. */
const inNames = (kind: TemplateKind): string => (kind === "loadBalancer" ? "lb" : kind);

/** Asks a person, on a terminal, for what the arguments leave open. A cancel at any question ends everything. */
export const askFor = async (given: Arguments, cwd: string): Promise<Wish> => {
  const { isCancel, select, text } = await import("@clack/prompts");
  const answered = async (question: Promise<string | symbol>): Promise<string> => {
    const answer = await question;
    if (isCancel(answer)) throw errors.HWS_SCAFFOLD_CANCELLED([]);
    return String(answer);
  };
  const ask = async (
    message: string,
    usual: string,
    wrong: (value: string) => string | undefined,
  ): Promise<string> =>
    await answered(
      text({
        message,
        placeholder: usual,
        defaultValue: usual,
        validate: (value) => wrong(value === undefined || value === "" ? usual : value),
      }),
    );
  const choose = async <T extends string>(
    message: string,
    options: readonly { readonly value: T; readonly label: string; readonly hint?: string }[],
  ): Promise<T> => (await answered(select<string>({ message, options: [...options] }))) as T;

  const kind =
    given.kind ??
    (await choose(
      "What is it to be?",
      kinds.map((each) => ({ value: each.kind, label: each.kind, hint: each.about })),
    ));
  const folder =
    given.folder ??
    resolve(
      cwd,
      await ask("Its folder", `hawser-${inNames(kind)}-example`, (value) =>
        folderProblem(resolve(cwd, value)),
      ),
    );
  const usualName = nameFrom(basename(folder)) ?? `hawser-${inNames(kind)}-example`;
  const name = given.name ?? (await ask("The package's name", usualName, nameProblem));
  const licence =
    given.licence ??
    (await choose(
      "Its licence",
      licences.map((each) => ({
        value: each,
        label: each,
        ...(each === "UNLICENSED" && { hint: "nobody else may use it" }),
      })),
    ));
  return { folder, kind, name, licence };
};
