import type { TemplateKind } from "./kinds.ts";
import type { Licence } from "./licence.ts";

/** What is to be made. */
export interface Wish {
  /** Absolute. */
  readonly folder: string;
  readonly kind: TemplateKind;
  /** The package's name. */
  readonly name: string;
  readonly licence: Licence;
}
