// Compiled by `npm test`: each line below an `@ts-expect-error` must not compile.
import { Secret, type Use, use } from "@hawser/core/plugin";
import plugin from "../src/index.ts";

const login = { registry: "registry.example.org", username: "deploy" };

export const right: Use<"installer">[] = [
  use(plugin, { project: "shop" }),
  use(plugin, { project: "shop", ...login, password: new Secret("value") }),
];

// @ts-expect-error: there is no such option
use(plugin, { project: "shop", files: ["compose.yaml"] });
// @ts-expect-error: the project is missing
use(plugin, { file: "compose.yaml" });
// @ts-expect-error: a password is a text or a Secret
use(plugin, { project: "shop", ...login, password: 1 });
// @ts-expect-error: an installer is no source
export const wrong: Use<"source"> = use(plugin, { project: "shop" });
