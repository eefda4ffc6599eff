import type { OperationContext } from "../contracts/common.ts";
import type { Revision } from "../contracts/source.ts";

/** What the built-in steps hand on. */
export interface BuiltInFacts {
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
}

/** What all steps hand on: a config's own may add facts of other names. */
export interface Facts extends BuiltInFacts {
  [name: string]: unknown;
}

/** A JSON Schema of one fact. */
export type FactSchema = Readonly<Record<string, unknown>>;

export interface StepContext<O = unknown> extends OperationContext {
  readonly application: string;
  readonly environment: string;
  /** The `with` of the step's block in the config. */
  readonly options: O;
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

export const isStep = (value: unknown): value is Step => {
  const step = value as Partial<Step> | null;
  return (
    typeof step === "object" &&
    step !== null &&
    typeof step.run === "function" &&
    Array.isArray(step.needs) &&
    typeof step.gives === "object"
  );
};

/** No facts but the built-in ones. */
type NoFacts = Readonly<Record<never, never>>;

type FactName<F extends object> = keyof (BuiltInFacts & F) & string;

/**
 * A step as its author writes it: what is left out is `deployer`, no need and no gift. `F` has the facts of one's own that it
 * needs or gives, `O` is its `with`.
 */
export interface StepDefinition<F extends object = NoFacts, O = unknown>
  extends Partial<Pick<Step, "where">> {
  readonly name: string;
  readonly needs?: readonly FactName<F>[];
  readonly gives?: { readonly [N in FactName<F>]?: FactSchema };
  run(
    facts: Readonly<BuiltInFacts & F>,
    context: StepContext<O>,
  ): Promise<Partial<BuiltInFacts & F> | undefined> | Promise<void>;
}

/**
 * Declares a step of one's own: `defineStep<{ scanned: { findings: number } }, { strict?: boolean }>({ … })`. The runner
 * checks what it gives by the schemas in `gives`; the compiler checks the rest.
 */
export const defineStep = <F extends object = NoFacts, O = unknown>(
  definition: StepDefinition<F, O>,
): Step => ({
  where: "deployer",
  needs: [],
  ...definition,
  gives: { ...definition.gives },
  run: async (facts, context) =>
    (await definition.run(facts as Readonly<Facts & F>, context as StepContext<O>)) ?? undefined,
});
