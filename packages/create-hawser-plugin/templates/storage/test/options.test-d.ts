// Compiled by `npm test`: each line below an `@ts-expect-error` must not compile.
import { Secret, type Use, use } from "@hawser/core/plugin";
import plugin from "../src/index.ts";

const url = "https://objects.example.org/releases";

export const right: Use<"storage">[] = [
  use(plugin, { url }),
  use(plugin, { url, token: new Secret("value"), readToken: new Secret("other") }),
];

// @ts-expect-error: there is no such option
use(plugin, { url, bucket: "releases" });
// @ts-expect-error: the url is missing
use(plugin, { token: new Secret("value") });
// @ts-expect-error: a token is a text or a Secret
use(plugin, { url, token: 1 });
// @ts-expect-error: a storage is no source
export const wrong: Use<"source"> = use(plugin, { url });
