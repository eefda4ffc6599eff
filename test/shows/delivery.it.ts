import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Bucket, currentFiles, noise, openBucket, preparing, receivedBytes } from "./bucket.ts";
import { ending, type HawserEnd } from "./hawser-process.ts";
import { openStage, type Stage } from "./stage.ts";

const wholeBytes = 3 << 20;
const changedBytes = 1 << 20;
const instances = 8;
/** One of them has no curl. */
const bare = "web8";

vi.setConfig({ testTimeout: 300_000 });

let stage: Stage;
let bucket: Bucket;
beforeAll(async () => {
  stage = await openStage({
    instances,
    each: (number) => (`web${number}` === bare ? { without: ["curl"] } : {}),
    config: preparing(
      noise("stays.bin", wholeBytes, "stays"),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's.
      noise("changes.bin", changedBytes, "${HAWSER_REVISION}"),
    ),
  });
  bucket = await openBucket(stage);
}, 300_000);
afterAll(async () => {
  await bucket?.[Symbol.asyncDispose]();
  await stage?.[Symbol.asyncDispose]();
});

interface Way {
  readonly fromStorage: number;
  /** All else that the instance's network interface received. */
  readonly fromDeployer: number;
}

/** Deploys, and tells for every instance which way its bytes came. */
const deploy = async (ref: string): Promise<{ end: HawserEnd; ways: ReadonlyMap<string, Way> }> => {
  const counts = async () =>
    await Promise.all(
      stage.fleet.instances.map(async ({ id, address }) => ({
        id,
        all: await receivedBytes(stage, id),
        storage: bucket.gateway.bytesTo(address),
      })),
    );
  const before = await counts();
  const end = await stage.hawser("deploy", "--ref", ref);
  const after = await counts();
  const ways = after.map(({ id, all, storage }, index) => {
    const fromStorage = storage - (before[index]?.storage ?? 0);
    const received = all - (before[index]?.all ?? 0);
    return [id, { fromStorage, fromDeployer: received - fromStorage }] as const;
  });
  return { end, ways: new Map(ways) };
};

const vias = ({ result }: HawserEnd): Record<string, string | undefined> =>
  Object.fromEntries((result?.instances ?? []).map(({ id, via }) => [id, via]));
const warned = ({ result }: HawserEnd): string[] => (result?.warnings ?? []).map(({ code }) => code);
const everywhere = (via: string, but: Record<string, string> = {}): Record<string, string> => ({
  ...Object.fromEntries(stage.fleet.instances.map(({ id }) => [id, via])),
  ...but,
});

test("instances fetch a whole archive from storage: its bytes do not pass through the deployer", async () => {
  const { end, ways } = await deploy(stage.refs[0]!);
  expect(ending(end)).toBe("0 done");
  expect(vias(end)).toEqual(everywhere("pull", { [bare]: "stream" }));
  expect(warned(end)).toEqual([]);
  for (const [id, { fromStorage, fromDeployer }] of ways) {
    if (id === bare) {
      expect(fromStorage).toBe(0);
      expect(fromDeployer).toBeGreaterThan(wholeBytes + changedBytes);
    } else {
      expect(fromStorage).toBeGreaterThan(wholeBytes + changedBytes);
      expect(fromDeployer).toBeLessThan((wholeBytes + changedBytes) / 4);
    }
  }
  for (const bytes of currentFiles(stage, "stays.bin")) expect(bytes.length).toBe(wholeBytes);
});

test("instances fetch a delta from storage, where it is stored once for all of them", async () => {
  const { end, ways } = await deploy(stage.refs[1]!);
  expect(ending(end)).toBe("0 done");
  expect(vias(end)).toEqual(everywhere("pull", { [bare]: "stream" }));
  for (const [id, { fromStorage, fromDeployer }] of ways) {
    if (id === bare) continue;
    expect(fromStorage).toBeGreaterThan(changedBytes);
    expect(fromStorage).toBeLessThan(wholeBytes);
    expect(fromDeployer).toBeLessThan(changedBytes / 2);
  }
  const stored = bucket.gateway.requests.filter(
    ({ method, url }) => method === "PUT" && /\/deltas\/[^?]*\/bytes\//.test(url),
  );
  expect(stored.length).toBe(1);
  const [first, ...others] = currentFiles(stage, "changes.bin");
  for (const bytes of others) expect(bytes.equals(first!)).toBe(true);
});

test("no URL that opens storage is told, logged or left on an instance", async () => {
  const { end } = await deploy(stage.refs[2]!);
  expect(end.stdout + end.stderr).not.toContain("X-Amz-Signature");
  for (const { id, root } of stage.fleet.instances) {
    const left = await stage.fleet.exec(id, ["grep", "-rlF", "X-Amz-Signature", root]);
    expect(left.stdout).toBe("");
  }
});

test("where the instances' way to storage is cut, the bytes are sent, and the reason is told once", async () => {
  const deployer = stage.fleet.gateway;
  bucket.gateway.turn({ kind: "closed" }, ({ from }) => from !== deployer);
  const { end, ways } = await deploy(stage.refs[3]!);
  bucket.gateway.turn({ kind: "fair" });
  expect(ending(end)).toBe("0 done");
  expect(vias(end)).toEqual(everywhere("stream"));
  expect(warned(end)).toEqual(["HWS_HOST_FETCH"]);
  for (const { fromStorage, fromDeployer } of ways.values()) {
    expect(fromStorage).toBe(0);
    expect(fromDeployer).toBeGreaterThan(changedBytes);
  }
});

test("with `delivery: stream` nothing is fetched", async () => {
  await stage.configure((config) => ({ ...config, delivery: "stream" }));
  const { end, ways } = await deploy(stage.refs[4]!);
  expect(ending(end)).toBe("0 done");
  expect(vias(end)).toEqual(everywhere("stream"));
  for (const { fromStorage } of ways.values()) expect(fromStorage).toBe(0);
});
