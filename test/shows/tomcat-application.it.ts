import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Ground, type GroundOptions, openGround } from "./applications/ground.ts";
import { mavenArguments } from "./applications/maven.ts";
import { rounds, roundsTitle } from "./applications/rounds.ts";
import { filesIn } from "./applications/sources.ts";
import { tomcatOn } from "./applications/tomcat-instance.ts";
import { scale } from "./scale.ts";

const port = 8080;
const { service, contexts, ready } = tomcatOn(port);

const open = (
  options: { readonly service?: string; readonly tomcat?: { readonly parallel: boolean } },
  ground: Partial<GroundOptions> = {},
): Promise<Ground> =>
  openGround({
    sources: (number) => filesIn(join(import.meta.dirname, "applications/tomcat"), number),
    ready,
    port,
    installer: {
      use: "@hawser/installer-java",
      with: {
        war: "target/*.war",
        build: { tool: "maven", arguments: mavenArguments("tomcat") },
        health: "/",
        ...options,
        tomcat: { contexts, ...options.tomcat },
      },
    },
    ...ground,
  });

const whole = async (ground: Ground): Promise<void> => {
  for (const { folder } of ground.stage.fleet.instances) {
    // What built the war is not in the release.
    expect(readdirSync(join(folder, "current"))).toEqual(["webapp"]);
  }
  expect(await ground.stage.invariants()).toEqual([]);
};

test(`a war in Tomcat: ${roundsTitle} lose no request and mix no release`, async () => {
  await using ground = await open({ service });
  await rounds(ground);
  await whole(ground);
}, 3_600_000);

test.runIf(scale.name === "whole")(
  "a war in the only Tomcat there is, never drained, loses no request and mixes no release beside its older versions",
  async () => {
    await using ground = await open(
      { tomcat: { parallel: true } },
      { instances: 1, config: (config) => ({ ...config, rollout: { drain: "never" } }) },
    );
    await rounds(ground);
    await whole(ground);
  },
  3_600_000,
);
