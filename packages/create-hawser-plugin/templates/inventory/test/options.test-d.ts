// Compiled by `npm test`: each line below an `@ts-expect-error` must not compile.
import { Secret, type Use, use } from "@hawser/core/plugin";
import plugin from "../src/index.ts";

const url = "https://machines.example.org/groups";

export const right: Use<"inventory">[] = [
  use(plugin, { url, group: "shop" }),
  use(plugin, { url, group: "shop", token: new Secret("value") }),
];

// @ts-expect-error: there is no such option
use(plugin, { url, group: "shop", region: "eu" });
// @ts-expect-error: the group is missing
use(plugin, { url });
// @ts-expect-error: a token is a text or a Secret
use(plugin, { url, group: "shop", token: 1 });
// @ts-expect-error: an inventory is no source
export const wrong: Use<"source"> = use(plugin, { url, group: "shop" });
