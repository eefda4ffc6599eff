import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ground, openGround } from "./applications/ground.ts";
import { mavenArguments } from "./applications/maven.ts";
import { rounds, roundsTitle } from "./applications/rounds.ts";
import { filesIn } from "./applications/sources.ts";
import { tomcatOn } from "./applications/tomcat-instance.ts";

const port = 8080;

let ground: Ground;
beforeAll(async () => {
  const { service, contexts, ready } = tomcatOn(port);
  ground = await openGround({
    sources: (number) => filesIn(join(import.meta.dirname, "applications/tomcat"), number),
    ready,
    port,
    installer: {
      use: "@hawser/installer-java",
      with: {
        war: "target/*.war",
        build: { tool: "maven", arguments: mavenArguments },
        service,
        health: "/",
        tomcat: { contexts },
      },
    },
  });
}, 600_000);
afterAll(() => ground?.[Symbol.asyncDispose]());

test(`a war in Tomcat: ${roundsTitle} lose no request and mix no release`, async () => {
  await rounds(ground);
  for (const { folder } of ground.stage.fleet.instances) {
    // What built the war is not in the release.
    expect(readdirSync(join(folder, "current"))).toEqual(["webapp"]);
  }
  expect(await ground.stage.invariants()).toEqual([]);
}, 3_600_000);
