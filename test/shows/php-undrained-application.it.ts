import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ground, openGround } from "./applications/ground.ts";
import { phpFpmBehind, withoutCaches } from "./applications/php-fpm.ts";
import { rounds, roundsTitle } from "./applications/rounds.ts";
import { filesIn } from "./applications/sources.ts";
import { scale } from "./scale.ts";

let ground: Ground;
beforeAll(async () => {
  const { service, ready } = phpFpmBehind("nginx", withoutCaches);
  ground = await openGround({
    sources: (number) => filesIn(join(import.meta.dirname, "applications/php"), number),
    ready,
    instances: 1,
    health: "/health.txt",
    rate: 25,
    installer: {
      use: "@hawser/installer-php",
      with: {
        service,
        probe: { http: "http://127.0.0.1/release.php", page: "public/release.php" },
      },
    },
    config: (config) => ({ ...config, rollout: { drain: "never" } }),
  });
}, 600_000);
afterAll(() => ground?.[Symbol.asyncDispose]());

// At small scale the Symfony application behind the same nginx is enough.
test.runIf(scale.name === "whole")(
  `a PHP application without caches on one instance that is never drained: ${roundsTitle} lose no request and mix no release`,
  async () => {
    await rounds(ground);
    expect(await ground.stage.invariants()).toEqual([]);
  },
  3_600_000,
);
