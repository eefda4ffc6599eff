import { defineErrors, type Makers } from "@hawser/core/plugin";

/** More names than these help nobody. */
const mostNames = 5;

const entries = {
  HWS_KEYS_FOUND: {
    message: (paths: readonly string[]): string => {
      const more = paths.length > mostNames ? ` and ${paths.length - mostNames} more` : "";
      return `a private key is in ${paths.slice(0, mostNames).join(", ")}${more}`;
    },
    hint: "take it out of the source and replace it, it is known by now; or name the file in `allow`",
  },
  HWS_KEYS_OPTIONS: {
    message: (why: string): string => `the step's options are wrong: ${why}`,
    hint: "give `with: { allow: [path, …] }`, or no `with`",
  },
};

/** Every error that this package makes. */
export const errors: Makers<typeof entries> = defineErrors(entries);
