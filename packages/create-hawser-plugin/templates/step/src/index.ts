import { defineStep, type Step } from "@hawser/core";
import { errors } from "./errors.ts";
import { allowedOf, type KeyScanOptions } from "./options.ts";
import { scan } from "./scan.ts";

export type { KeyScanOptions } from "./options.ts";

/** What it hands on to later steps, which may need it by its name. */
export interface KeyScanFacts {
  /** How many files were looked at. */
  readonly keyScan: { readonly files: number };
}

const step: Step = defineStep<KeyScanFacts, KeyScanOptions | undefined>({
  name: "__name__",
  needs: ["prepared"],
  gives: {
    keyScan: {
      type: "object",
      properties: { files: { type: "integer", minimum: 0 } },
      required: ["files"],
    },
  },
  async run({ prepared }, { options, signal, logger }) {
    signal.throwIfAborted();
    const allowed = allowedOf(options);
    // Where a stored release goes out again, there is no tree.
    if (prepared.directory === "") return { keyScan: { files: 0 } };
    const { files, found } = await scan(prepared.directory, signal);
    const wrong = found.filter((path) => !allowed.has(path));
    if (wrong.length > 0) throw errors.HWS_KEYS_FOUND([wrong]);
    logger.info(`${files} files hold no private key`);
    return { keyScan: { files } };
  },
});

export default step;
