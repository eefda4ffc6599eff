import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ground, openGround } from "./applications/ground.ts";
import { mavenArguments } from "./applications/maven.ts";
import { rounds, roundsTitle } from "./applications/rounds.ts";
import { underRunit } from "./applications/runit.ts";
import { filesIn } from "./applications/sources.ts";
import { scale } from "./scale.ts";

const run = `#!/bin/sh
exec 2>&1
exec /srv/app/current/start-java
`;

/** The second release ends nothing when it is left. */
const broken = `echo "v2 fails" >>/srv/stops
exit 1
`;

const sources = async (number: number) => ({
  ...(await filesIn(join(import.meta.dirname, "applications/java"), number)),
  ...(number === 2 && { "bin/stop": broken }),
});

let ground: Ground;
beforeAll(async () => {
  const { ready } = underRunit("shop", run);
  ground = await openGround({
    sources,
    ready,
    health: "/health",
    installer: {
      use: "@hawser/installer-java",
      with: {
        jar: "target/shop.jar",
        build: { tool: "maven", arguments: mavenArguments },
        ship: ["target/lib", "conf", "bin"],
        java: {
          // Small and quick to start: the machines of this show share two processors.
          options: ["-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"],
          arguments: ["80"],
        },
        service: { restart: "sv -w 60 restart /srv/service/shop", stop: "sh bin/stop" },
        port: 80,
      },
    },
  });
}, 600_000);
afterAll(() => ground?.[Symbol.asyncDispose]());

/** The releases that were left, in their order. */
const left = (): readonly number[] => {
  const { deploys, rollbacks } = scale.application;
  const forward = Array.from({ length: deploys }, (_, index) => index + 1);
  const back = Array.from({ length: rollbacks }, (_, index) => deploys + 1 - index);
  return [...forward, ...back];
};

test(`a Java application of Maven Central's jars, one release of which does not stop: ${roundsTitle} lose no request and mix no release`, async () => {
  await rounds(ground);
  const stops = left().map((number) => (number === 2 ? "v2 fails" : `v${number} stops`));
  for (const { id, folder } of ground.stage.fleet.instances) {
    const { stdout } = await ground.stage.fleet.exec(id, ["cat", "/srv/stops"]);
    expect(stdout.trim().split("\n")).toEqual(stops);
    // What built the jar is not in the release.
    expect(readdirSync(join(folder, "current")).sort()).toEqual(["bin", "conf", "start-java", "target"]);
    expect(readdirSync(join(folder, "current/target")).sort()).toEqual(["lib", "shop.jar"]);
  }
  expect(await ground.stage.invariants({ generated: ["start-java"] })).toEqual([]);
}, 3_600_000);
