import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Fleet, type MinioServer, startFleet, startMinio } from "@hawser/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Arrival, answer, arrive } from "./provision/newcomers.ts";
import { type Published, port, publish } from "./provision/published.ts";
import { scale } from "./scale.ts";

const limitMs = 900_000;
const root = "/srv/app";
const whole = scale.name === "whole";
const count = whole ? 10 : 3;
const size = whole ? { files: 10_000, bytesPerFile: 8_400 } : { files: 1_000, bytesPerFile: 3_000 };
const install = [
  "mkdir -p var/cache && find src -type f -print0 | sort -z | xargs -0 cat | sha256sum > var/cache/fingerprint",
];
const activate = [`busybox httpd -p ${port} -h ${root}/current`];

let minio: MinioServer;
/** Each machine's deploy root is a file system of its own in memory, lost when the machine stops; the last has a disk. */
let fleet: Fleet;
let published: Published;

// After this only MinIO runs: the Git server, the deployer, its load balancer and its instance are gone.
beforeAll(async () => {
  const each = (number: number) => (number > count ? {} : { sizeBytes: 400 << 20 });
  fleet = await startFleet({ count: count + 1, root, isolation: "namespaces", each });
  minio = await startMinio({ host: fleet.gateway });
  published = await publish({ minio, gateway: fleet.gateway, root, install, activate, ...size });
}, limitMs);
afterAll(async () => {
  await fleet?.[Symbol.asyncDispose]();
  await minio?.[Symbol.asyncDispose]();
});

const ids = () => fleet.instances.slice(0, count).map(({ id }) => id);

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
    `curl -sSf -K - <<'CONFIG' | ${published.form === "tar.zst" ? "zstd -dcq" : "gzip -dc"} | tar -xf -`,
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

const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
const ratioOf = (of: Figures, way: keyof Sample) =>
  mean(of.hawser.map((sample) => sample[way])) / mean(of.bare.map((sample) => sample[way]));

interface Sample {
  readonly answeredMs: number;
  readonly cpuMs: number;
}
type Figures = Record<"bare" | "hawser", Sample[]>;

/** The promise is about machines that are busy with this alone: it is written down, not tested. */
const writeFigures = (samples: Figures): void => {
  const figures = {
    instances: count,
    form: published.form,
    ...size,
    timeRatio: ratioOf(samples, "answeredMs"),
    cpuRatio: ratioOf(samples, "cpuMs"),
    samples,
  };
  if (process.env.HAWSER_FIGURES !== undefined)
    writeFileSync(process.env.HAWSER_FIGURES, `${JSON.stringify(figures, null, 2)}\n`);
  const said = (["bare", "hawser"] as const).map((way) => {
    const [ms, cpu] = (["answeredMs", "cpuMs"] as const).map((what) =>
      mean(samples[way].map((s) => s[what])),
    );
    return `${way} ${ms?.toFixed(0)} ms (CPU ${cpu?.toFixed(0)} ms)`;
  });
  const [time, cpu] = [figures.timeRatio.toFixed(2), figures.cpuRatio.toFixed(2)];
  process.stdout.write(`self-provision of ${count}: ${said.join(", ")}; ratio ${time} (CPU ${cpu})\n`);
};

it(
  `${count} new machines come up at the desired release from storage alone, and answer`,
  async () => {
    const samples: Figures = { bare: [], hawser: [] };
    const ways = ["bare", "hawser"] as const;
    for (let round = 0; round < (whole ? 4 : 2); round++) {
      for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
        await renew();
        for (const arrival of await all(way === "bare" ? bare() : published.script)) {
          expect(arrival).toMatchObject({ status: 0, answeredMs: expect.any(Number) });
          samples[way].push({ answeredMs: arrival.answeredMs ?? 0, cpuMs: arrival.cpuMs });
        }
      }
    }
    writeFigures(samples);
  },
  limitMs,
);

it(
  "machines that start while storage is away wait, answer nobody, and come up when it is back",
  async () => {
    await renew();
    for (const id of ids()) await fleet.partition(id);
    const arriving = all(published.script);
    await sleep(whole ? 60_000 : 5_000);
    for (const { id, folder } of fleet.instances.slice(0, count)) {
      expect({ id, current: existsSync(join(folder, "current")) }).toEqual({ id, current: false });
    }
    for (const id of ids()) await fleet.heal(id);
    for (const arrival of await arriving) {
      expect(arrival).toMatchObject({ status: 0, answeredMs: expect.any(Number) });
      expect(arrival.log).toContain("waiting: the desired state could not be read");
    }
  },
  limitMs,
);

const lastingOne = () => fleet.instances[count] as Fleet["instances"][number];
const bootLasting = async (): Promise<Arrival> => {
  const { script, revision } = published;
  return await arrive(fleet, lastingOne().id, { script, expected: revision });
};

it("a machine that reboots converges again, and fetches nothing twice", async () => {
  expect(await bootLasting()).toMatchObject({ status: 0, answeredMs: expect.any(Number) });
  await fleet.stopInstance(lastingOne().id);
  await fleet.startInstance(lastingOne().id);
  expect(await answer(lastingOne().address)).toBeUndefined();
  const again = await bootLasting();
  expect(again).toMatchObject({ status: 0, answeredMs: expect.any(Number) });
  expect(again.log).not.toContain("fetching");
});

it("a damaged archive is refused: the machine stays out, and says why", async () => {
  const { body } = await minio.call({ method: "GET", bucket: published.bucket, key: published.archive });
  const damaged = Buffer.from(body);
  damaged.writeUInt8(damaged.readUInt8(damaged.length >> 1) ^ 1, damaged.length >> 1);
  await minio.put(published.bucket, published.archive, damaged);
  try {
    await renew();
    for (const arrival of await all(published.script)) {
      expect(arrival).toMatchObject({ status: 65, answeredMs: undefined });
      expect(arrival.log).toContain("the archive in storage is damaged");
    }
    for (const { id, folder } of fleet.instances.slice(0, count)) {
      expect({ id, current: existsSync(join(folder, "current")) }).toEqual({ id, current: false });
    }
  } finally {
    await minio.put(published.bucket, published.archive, body);
  }
});
