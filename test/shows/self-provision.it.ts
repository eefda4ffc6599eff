import { writeFileSync } from "node:fs";
import { type Fleet, type MinioServer, startFleet, startMinio } from "@hawser/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Arrival, arrive } from "./provision/newcomers.ts";
import { type Published, port, publish } from "./provision/published.ts";
import { scale } from "./scale.ts";

const root = "/srv/app";
const whole = scale.name === "whole";
const count = whole ? 10 : 3;
const size = whole ? { files: 10_000, bytesPerFile: 8_400 } : { files: 1_000, bytesPerFile: 3_000 };
const install = [
  "mkdir -p var/cache && find src -type f -print0 | sort -z | xargs -0 cat | sha256sum > var/cache/fingerprint",
];
const activate = [`busybox httpd -p ${port} -h ${root}/current`];

let minio: MinioServer;
let fleet: Fleet;
let published: Published;

beforeAll(async () => {
  minio = await startMinio({ reachable: true });
  // Every deploy root is a file system of its own in memory, lost when the machine stops.
  fleet = await startFleet({
    count,
    root,
    isolation: "namespaces",
    each: () => ({ sizeBytes: 400 << 20 }),
  });
  published = await publish({ minio, gateway: fleet.gateway, root, install, activate, ...size });
}, 600_000);
afterAll(async () => {
  await fleet?.[Symbol.asyncDispose]();
  await minio?.[Symbol.asyncDispose]();
});

const ids = () => fleet.instances.map(({ id }) => id);

/** New machines: whatever was there is gone. */
const renew = async (): Promise<void> => {
  await Promise.all(ids().map((id) => fleet.stopInstance(id)));
  await Promise.all(ids().map((id) => fleet.startInstance(id)));
};

/** What people write by hand: no signature, no digest, nothing recorded, no check. */
const bare = (): string =>
  [
    "set -e",
    `mkdir -p ${root}/releases/1 && cd ${root}/releases/1`,
    "curl -sSf -K - <<'CONFIG' | tar -xzf -",
    published.curlConfig(published.archive).trimEnd(),
    "CONFIG",
    ...install,
    `ln -s releases/1 ${root}/current`,
    `cd ${root}/current`,
    ...activate,
    "",
  ].join("\n");

const all = async (script: string): Promise<Arrival[]> =>
  await Promise.all(ids().map((id) => arrive(fleet, id, { script, expected: published.revision })));

it("new machines come up at the desired release from storage alone, as fast as a bare download up to half as much again", async () => {
  const rounds = whole ? 3 : 1;
  const times: Record<"bare" | "hawser", number[]> = { bare: [], hawser: [] };
  for (let round = 0; round < rounds; round++) {
    for (const way of round % 2 === 0 ? (["bare", "hawser"] as const) : (["hawser", "bare"] as const)) {
      await renew();
      const arrivals = await all(way === "bare" ? bare() : published.script);
      for (const { status, log, answeredMs } of arrivals) {
        expect({ status, log, answered: answeredMs !== undefined }).toMatchObject({
          status: 0,
          answered: true,
        });
        times[way].push(answeredMs ?? 0);
      }
    }
  }
  const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  const ratio = mean(times.hawser) / mean(times.bare);
  const figures = { instances: count, ...size, bareMs: times.bare, hawserMs: times.hawser, ratio };
  if (process.env.HAWSER_FIGURES !== undefined)
    writeFileSync(process.env.HAWSER_FIGURES, `${JSON.stringify(figures, null, 2)}\n`);
  process.stdout.write(
    `self-provision: bare ${mean(times.bare).toFixed(0)} ms, hawser ${mean(times.hawser).toFixed(0)} ms, ratio ${ratio.toFixed(2)}\n`,
  );
});
