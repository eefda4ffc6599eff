import { defineRecipe, type Recipe } from "../src/index.ts";

export interface KettleOptions {
  readonly water: "cold" | "warm";
}

/** A recipe with something in most phases. */
export const kettle: Recipe<KettleOptions> = defineRecipe<KettleOptions>({
  name: "kettle",
  properties: { water: { type: "string", enum: ["cold", "warm"] } },
  required: ["water"],
  make: ({ water }) => ({
    prepare: [{ name: "descale", run: "descale" }],
    install: [
      { name: "fill", run: `fill ${water}`, roles: ["web"], env: { WATER: water, LID: "open" } },
      { name: "plug", run: "plug", user: null },
    ],
    once: { before: [{ name: "call-guests", run: "call", compatible: false, needed: "guests --any" }] },
    activate: [{ name: "boil", run: "boil" }],
    shared: ["tea"],
    writable: ["steam", "cups"],
    generated: ["steam"],
    check: { command: "is-hot" },
    env: { BREW: "slow" },
    secrets: ["SUGAR"],
  }),
});
