import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ground, openGround } from "./applications/ground.ts";
import { mavenArguments } from "./applications/maven.ts";
import { rounds, roundsTitle } from "./applications/rounds.ts";
import { underRunit } from "./applications/runit.ts";
import { filesIn } from "./applications/sources.ts";

const run = `#!/bin/sh
exec 2>&1
exec /srv/app/current/start-java
`;

let ground: Ground;
beforeAll(async () => {
  const { service, ready } = underRunit("shop", run);
  ground = await openGround({
    sources: (number) => filesIn(join(import.meta.dirname, "applications/java"), number),
    ready,
    health: "/health",
    installer: {
      use: "@hawser/installer-java",
      with: {
        jar: "target/shop.jar",
        build: { tool: "maven", arguments: mavenArguments },
        ship: ["target/lib", "conf"],
        // Small and quick to start: the machines of this show share two processors.
        java: {
          options: ["-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"],
          arguments: ["80"],
        },
        service,
        port: 80,
      },
    },
  });
}, 600_000);
afterAll(() => ground?.[Symbol.asyncDispose]());

test(`a Java application of Maven Central's jars: ${roundsTitle} lose no request and mix no release`, async () => {
  await rounds(ground);
  for (const { folder } of ground.stage.fleet.instances) {
    // What built the jar is not in the release.
    expect(readdirSync(join(folder, "current")).sort()).toEqual(["conf", "start-java", "target"]);
    expect(readdirSync(join(folder, "current/target")).sort()).toEqual(["lib", "shop.jar"]);
  }
  expect(await ground.stage.invariants({ generated: ["start-java"] })).toEqual([]);
}, 3_600_000);
