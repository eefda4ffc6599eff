// Compiled by `npm test`: each line below an `@ts-expect-error` must not compile.
import { type Use, use } from "@hawser/core/plugin";
import recipe from "../src/index.ts";

export const right: Use<"installer">[] = [
  use(recipe, {}),
  use(recipe, { output: "public", server: "systemd:nginx", commands: { dependencies: false } }),
];

// @ts-expect-error: there is no such option
use(recipe, { folder: "public" });
// @ts-expect-error: an output is a text
use(recipe, { output: ["public"] });
// @ts-expect-error: a recipe is no source
export const wrong: Use<"source"> = use(recipe, {});
