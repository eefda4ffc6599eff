import type { Core } from "./core.ts";
import type { GlobalOptions } from "./options.ts";
import type { Output } from "./output/output.ts";
import type { Style } from "./render/style.ts";
import type { Surroundings } from "./surroundings.ts";

/** One call of the command: what was asked, from where, and what it may use. */
export interface Invocation {
  readonly options: GlobalOptions;
  readonly surroundings: Surroundings;
  readonly core: () => Promise<Core>;
  readonly output: Output;
  readonly errors: Output;
  readonly style: Style;
}

/**
 * How wide lines may be: a terminal's own width, otherwise what reads well in a log. A terminal that nobody gave a
 * size says 0.
 */
export const columnsOf = ({ surroundings }: Pick<Invocation, "surroundings">): number =>
  surroundings.terminal ? surroundings.stdout.columns || 80 : 110;
