// Compiled by `npm test`: each line below an `@ts-expect-error` must not compile.
import { Secret, type Use, use } from "@hawser/core/plugin";
import plugin from "../src/index.ts";

const command = ["docker", "exec", "--interactive", "{id}"];

export const right: Use<"transport">[] = [
  use(plugin, { command }),
  use(plugin, { command, env: { DOCKER_HOST: new Secret("tcp://10.0.0.1:2376") } }),
];

// @ts-expect-error: there is no such option
use(plugin, { command, user: "deploy" });
// @ts-expect-error: the command is missing
use(plugin, {});
// @ts-expect-error: a command is a list
use(plugin, { command: "docker exec {id}" });
// @ts-expect-error: a transport is no source
export const wrong: Use<"source"> = use(plugin, { command });
