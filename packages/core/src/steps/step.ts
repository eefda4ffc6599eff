import type { OperationContext } from "../contracts/common.ts";
import type { Revision } from "../contracts/source.ts";

/** What steps hand on. A config's own steps may add facts of other names. */
export interface Facts {
  revision: Revision;
  /** The folder of the tree: fetched, then prepared. */
  tree: { readonly directory: string };
  /** The tree after the `prepare` commands. */
  prepared: { readonly directory: string };
  artifact: { readonly digest: string; readonly sizeBytes: number; readonly path: string };
  release: { readonly id: string; readonly artifact: string; readonly revision: string };
  /** The instances that answered, before anything was changed on them. */
  fleet: readonly {
    readonly id: string;
    readonly roles: readonly string[];
    readonly release: string | null;
  }[];
  [name: string]: unknown;
}

/** A JSON Schema of one fact. */
export type FactSchema = Readonly<Record<string, unknown>>;

export interface StepContext extends OperationContext {
  readonly application: string;
  readonly environment: string;
  /** The `with` of the step's block in the config. */
  readonly options: unknown;
  /** Runs a command text on the instance of an `instances` or `waves` step, as the plan's user, in the new release. */
  command?(run: string): Promise<void>;
  /** The instance of an `instances` or `waves` step. */
  readonly instance?: { readonly id: string; readonly roles: readonly string[] };
}

/**
 * One row of the table: what it needs from the rows before it and what it gives to those after it. `where` says how
 * often it runs: once on the deployer, once for every instance before anything is switched, or once for every
 * instance inside the waves. Every step may be killed and run again.
 */
export interface Step {
  readonly name: string;
  readonly where: "deployer" | "instances" | "waves";
  readonly needs: readonly string[];
  /** The facts it gives, each with the schema that its value must fit. */
  readonly gives: Readonly<Record<string, FactSchema>>;
  run(facts: Readonly<Facts>, context: StepContext): Promise<Partial<Facts> | undefined>;
}

/** A step as its author writes it: what is left out is `deployer`, no need and no gift. */
export interface StepDefinition extends Partial<Pick<Step, "where" | "gives" | "needs">> {
  readonly name: string;
  run(facts: Readonly<Facts>, context: StepContext): Promise<Partial<Facts> | undefined> | Promise<void>;
}

/** Declares a step of one's own. */
export const defineStep = (definition: StepDefinition): Step => ({
  where: "deployer",
  needs: [],
  gives: {},
  ...definition,
  run: async (facts, context) => (await definition.run(facts, context)) ?? undefined,
});
