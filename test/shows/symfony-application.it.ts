import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ground, openGround } from "./applications/ground.ts";
import { phpFpmBehind } from "./applications/php-fpm.ts";
import { rounds, roundsTitle } from "./applications/rounds.ts";
import { filesIn } from "./applications/sources.ts";

const owner = "www-data";

let ground: Ground;
beforeAll(async () => {
  const { service, ready } = phpFpmBehind("nginx");
  ground = await openGround({
    sources: (number) => filesIn(join(import.meta.dirname, "applications/symfony"), number),
    ready,
    installer: {
      use: "@hawser/installer-symfony",
      with: {
        service,
        probe: "http://127.0.0.1/",
        user: owner,
        writable: [{ path: "var/cache", owner }],
        shared: [{ path: "var/log/", owner }],
        secrets: { APP_SECRET: "of-production" },
        files: [{ path: ".env.local", variables: ["APP_SECRET"], group: "www-data", mode: "0640" }],
        dumpEnv: "console",
      },
    },
  });
}, 600_000);
afterAll(() => ground?.[Symbol.asyncDispose]());

test(`a Symfony application on PHP-FPM behind nginx: ${roundsTitle} lose no request and mix no release`, async () => {
  await rounds(ground);
  expect(
    await ground.stage.invariants({
      generated: ["var/cache", "public/bundles", ".env.local", ".env.local.php", "var/log"],
    }),
  ).toEqual([]);
}, 3_600_000);
