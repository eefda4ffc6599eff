import { kinds } from "./kinds.ts";
import { makeFolder } from "./plugin-folder.ts";
import { filesOf } from "./template.ts";
import type { Wish } from "./wish.ts";

export type { TemplateKind } from "./kinds.ts";
export type { Licence } from "./licence.ts";
export { ScaffoldError } from "./scaffold-error.ts";
export type { Wish } from "./wish.ts";

/** The kinds that can be made, in the order in which they are offered. */
export const templateKinds: readonly Wish["kind"][] = kinds.map(({ kind }) => kind);

/** Makes a plugin in a folder that is new or empty, whole or not at all. Its name must have passed npm's grammar. */
export const scaffold = (wish: Wish): void => makeFolder(wish.folder, filesOf(wish));
