import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ground, openGround } from "./applications/ground.ts";
import { npmEnvironment } from "./applications/npm.ts";
import { rounds, roundsTitle } from "./applications/rounds.ts";
import { underRunit } from "./applications/runit.ts";
import { filesIn } from "./applications/sources.ts";

/** The link is followed once, at the start: the process stays in its release until it is started anew. */
const run = `#!/bin/sh
exec 2>&1
cd -P /srv/app/current || exit 1
exec env NODE_ENV=production PORT=80 node --env-file=.env server.mjs
`;

let ground: Ground;
beforeAll(async () => {
  const { service, ready } = underRunit("shop", run);
  ground = await openGround({
    sources: (number) => filesIn(join(import.meta.dirname, "applications/node"), number),
    ready,
    installer: {
      use: "@hawser/installer-node",
      with: {
        service,
        probe: "http://127.0.0.1/",
        secrets: { SESSION_KEY: "two words # no comment" },
        files: [{ path: ".env", variables: ["SESSION_KEY"] }],
        commands: { dependencies: { env: npmEnvironment } },
      },
    },
  });
}, 600_000);
afterAll(() => ground?.[Symbol.asyncDispose]());

test(`a fastify application under runit: ${roundsTitle} lose no request and mix no release`, async () => {
  await rounds(ground);
  for (const { folder } of ground.stage.fleet.instances) {
    const modules = join(folder, "current/node_modules");
    expect([existsSync(join(modules, "fastify")), existsSync(join(modules, "mustache"))]).toEqual([
      true,
      false,
    ]);
  }
  expect(await ground.stage.invariants({ generated: [".env"] })).toEqual([]);
}, 3_600_000);
