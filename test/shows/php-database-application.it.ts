import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ground, openGround } from "./applications/ground.ts";
import { phpFpmBehind } from "./applications/php-fpm.ts";
import { rounds, roundsTitle } from "./applications/rounds.ts";
import { type Files, filesIn } from "./applications/sources.ts";
import { installerWith } from "./config.ts";
import { ending } from "./hawser-process.ts";
import { scale } from "./scale.ts";

const steps = ["base", "1-first", "2-expand", "3-migrate", "4-contract"];
const last = scale.application.deploys + 2;

/** Each of the first releases takes the schema one step further; a step is what it changes of the one before. */
const sources = async (number: number): Promise<Files> => {
  const folder = join(import.meta.dirname, "applications/php-database");
  const layers = steps.slice(0, number + 1).map((step) => filesIn(join(folder, step), number));
  return Object.assign({}, ...(await Promise.all(layers)));
};

const probe = { http: "http://127.0.0.1/" };
const migrate = {
  phase: "once.before",
  user: "www-data",
  run: "php bin/migrate.php",
  needed: "php bin/migrate.php pending",
};

/** The database that both instances share. */
let folder: string;
let ground: Ground;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hawser-database-"));
  chmodSync(folder, 0o777);
  const { service, ready } = phpFpmBehind("haproxy");
  ground = await openGround({
    sources,
    releases: last,
    ready,
    rate: 30,
    installer: {
      use: "@hawser/installer-php",
      with: {
        service,
        probe,
        secrets: { DATABASE: `<?php return "sqlite:${folder}/notes.db";` },
        files: [{ path: "config/database.php", secret: "DATABASE", group: "www-data", mode: "0640" }],
        commands: { migrate },
      },
    },
  });
}, 600_000);
afterAll(async () => {
  await ground?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

test(`a PHP application behind HAProxy whose schema changes: ${roundsTitle} lose no request and mix no release`, async () => {
  await rounds(ground);
  expect(await ground.stage.invariants({ generated: ["config/database.php"] })).toEqual([]);
}, 3_600_000);

test("a release that PHP does not answer, out of its caches, gives itself away and is put back", async () => {
  await ground.stage.configure(
    installerWith({ commands: { migrate, reload: false }, probe: { ...probe, timeoutMs: 3_000 } }),
  );
  const before = await ground.answers();
  expect(ending(await ground.deploy(last))).toMatch(
    /^1 putBack HWS_CHECK_FAILED: .* HTTP 200 of another release than /,
  );
  expect(await ground.answers()).toEqual(before);
}, 600_000);
