// Compiled by `npm test`: each line below an `@ts-expect-error` must not compile.
import { defineStep } from "@hawser/core";
import type { KeyScanFacts } from "../src/index.ts";

/** A later step may need what this one gives. */
export const later = defineStep<KeyScanFacts>({
  name: "later",
  needs: ["keyScan", "release"],
  run: async ({ keyScan, release }, { logger }) => logger.info(`${keyScan.files} ${release.id}`),
});

export const wrong = defineStep<KeyScanFacts>({
  name: "wrong",
  // @ts-expect-error: no step gives this
  needs: ["keyScam"],
  run: async ({ keyScan }, { logger }) => {
    // @ts-expect-error: there is no such member
    logger.info(keyScan.lines);
  },
});
