// Compiled by `npm test`: each line below an `@ts-expect-error` must not compile.
import { Secret, type Use, use } from "@hawser/core/plugin";
import plugin from "../src/index.ts";

const url = "https://downloads.example.org/shop";

export const right: Use<"source">[] = [
  use(plugin, { url }),
  use(plugin, { url, channel: "beta", token: new Secret("value") }),
];

// @ts-expect-error: there is no such option
use(plugin, { url, chanel: "beta" });
// @ts-expect-error: the url is missing
use(plugin, { channel: "beta" });
// @ts-expect-error: a token is a text or a Secret
use(plugin, { url, token: 1 });
// @ts-expect-error: a source is no storage
export const wrong: Use<"storage"> = use(plugin, { url });
