// Compiled by `npm test`: each line below an `@ts-expect-error` must not compile.
import { Secret, type Use, use } from "@hawser/core/plugin";
import plugin from "../src/index.ts";

const api = "https://lb.example.org:9000/shop";

export const right: Use<"loadBalancer">[] = [
  use(plugin, { api }),
  use(plugin, { api, token: new Secret("value"), member: "http://{address}:8080", healthyMs: 10_000 }),
];

// @ts-expect-error: there is no such option
use(plugin, { api, port: 8080 });
// @ts-expect-error: the api is missing
use(plugin, {});
// @ts-expect-error: a token is a text or a Secret
use(plugin, { api, token: 1 });
// @ts-expect-error: a load balancer is no source
export const wrong: Use<"source"> = use(plugin, { api });
