import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_COMPOSE_LOGIN: {
    message: (): string => "`registry`, `username` and `password` go together",
    hint: "give all three, or none of them",
  },
};

/** Every error that this package makes. */
export const errors: Makers<typeof entries> = defineErrors(entries);
