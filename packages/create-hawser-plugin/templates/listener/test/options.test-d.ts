// Compiled by `npm test`: each line below an `@ts-expect-error` must not compile.
import { Secret, type Use, use } from "@hawser/core/plugin";
import plugin from "../src/index.ts";

const url = "https://grafana.example.org";
const token = new Secret("value");

export const right: Use<"listener">[] = [
  use(plugin, { url, token }),
  use(plugin, { url, token, tags: ["shop"] }),
];

// @ts-expect-error: there is no such option
use(plugin, { url, token, tag: "shop" });
// @ts-expect-error: the token is missing
use(plugin, { url });
// @ts-expect-error: a token is a text or a Secret
use(plugin, { url, token: 1 });
// @ts-expect-error: a listener is no source
export const wrong: Use<"source"> = use(plugin, { url, token });
