import type { Instance, Storage } from "@hawser/core/plugin";
import { MemoryStorage } from "@hawser/testkit";
import { beforeEach, describe, expect, it } from "vitest";
import type { NormalConfig } from "../../src/config/types.ts";
import type { Reporter } from "../../src/engine/reporter.ts";
import { hostErrors } from "../../src/errors/host-codes.ts";
import { Delivery, fetchLimitMs, pullFromBytes, type StoredParcel } from "../../src/fleet/delivery.ts";
import { FleetMember } from "../../src/fleet/member.ts";
import type { HostSurvey } from "../../src/host/host.ts";
import { operation, replaced } from "../state/storages.ts";

const context = operation();
const member = (id: string, curl = true): FleetMember => {
  const instance: Instance = { id, address: id, roles: ["web"], lifecycle: "inService" };
  const made = new FleetMember(instance, "/srv/shop");
  made.survey = { tools: { curl } } as unknown as HostSurvey;
  return made;
};
const parcel: StoredParcel = { form: "tar.gz", key: "shop/x", sizeBytes: 10 * pullFromBytes, sha256: "0" };
const url = "https://storage.example/x?X-Amz-Signature=5ec4e7";

describe("how bytes reach an instance", () => {
  let asked: { key: string; expiresMs: number }[];
  let warned: string[];
  const presigning = (): Storage =>
    replaced(new MemoryStorage(), {
      presignGet: async (request) => {
        asked.push(request);
        return { url };
      },
    });
  const delivery = (
    storage: Storage,
    config: Partial<NormalConfig> = {},
    transport: { acceptsBody?: false } = {},
  ): Delivery =>
    new Delivery({
      config: { delivery: "auto", ...config } as NormalConfig,
      storage,
      transport,
      reporter: { warnError: (error: Error) => void warned.push(error.message) } as unknown as Reporter,
    });
  beforeEach(() => {
    asked = [];
    warned = [];
  });

  it("is by a URL of storage where it presigns and the instance has curl", async () => {
    const order = await delivery(presigning()).order(member("web1"), async () => parcel, context);
    expect(order).toMatchObject({ form: "tar.gz", sizeBytes: parcel.sizeBytes, sha256: "0" });
    expect(order?.from.url.reveal()).toBe(url);
    expect(JSON.stringify(order)).not.toContain("X-Amz-Signature");
  });

  it.each<[string, () => Delivery, FleetMember, StoredParcel | undefined]>([
    ["the config says so", () => delivery(presigning(), { delivery: "stream" }), member("web1"), parcel],
    ["storage does not presign", () => delivery(new MemoryStorage()), member("web1"), parcel],
    ["the instance has no curl", () => delivery(presigning()), member("web1", false), parcel],
    [
      "it is little",
      () => delivery(presigning()),
      member("web1"),
      { ...parcel, sizeBytes: pullFromBytes - 1 },
    ],
    ["storage does not have it", () => delivery(presigning()), member("web1"), undefined],
  ])("is over the session where %s", async (_, make, whom, found) => {
    expect(await make().order(whom, async () => found, context)).toBeUndefined();
    expect(warned).toEqual([]);
  });

  it("is by one URL for all instances, which outlives the longest try of the last of them", async () => {
    const shared = delivery(presigning());
    for (const id of ["web1", "web2", "web3"]) await shared.order(member(id), async () => parcel, context);
    expect(asked.length).toBe(1);
    expect(asked[0]!.expiresMs).toBeGreaterThan(fetchLimitMs(parcel.sizeBytes) + 30 * 60_000);
  });

  it("is over the session from the first failure of an instance on, and the run hears of one failure", async () => {
    const failing = delivery(presigning());
    failing.gaveUp(member("web1"), hostErrors.HWS_HOST_FETCH(["no way there"]));
    failing.gaveUp(member("web2"), hostErrors.HWS_HOST_FETCH(["no way there either"]));
    expect(await failing.order(member("web1"), async () => parcel, context)).toBeUndefined();
    expect(await failing.order(member("web3"), async () => parcel, context)).toBeDefined();
    expect(warned).toEqual(["no way there"]);
  });

  it("is over the session when storage cannot say what it has or presign it, and that is told", async () => {
    const broken = delivery(
      replaced(new MemoryStorage(), { presignGet: () => Promise.reject(new Error("no credentials")) }),
    );
    expect(await broken.order(member("web1"), async () => parcel, context)).toBeUndefined();
    expect(
      await broken.order(member("web2"), () => Promise.reject(new Error("away")), context),
    ).toBeUndefined();
    expect(warned).toEqual(["no credentials"]);
  });

  it("is never by a delta that a single instance would fetch", () => {
    const many = delivery(presigning());
    expect(many.pullsDelta(member("web1"), parcel.sizeBytes, 1)).toBe(false);
    expect(many.pullsDelta(member("web1"), parcel.sizeBytes, 2)).toBe(true);
  });

  it("is never by a delta where all that is stored is sealed", () => {
    const sealed = delivery(presigning(), { encryption: { recipients: ["age1"] } });
    expect(sealed.pullsDelta(member("web1"), parcel.sizeBytes, 2)).toBe(false);
  });

  it("is by storage alone where the transport is no way for bytes: what was not fetched is not sent", () => {
    const alone = delivery(presigning(), {}, { acceptsBody: false });
    expect(alone.pullsDelta(member("web1"), pullFromBytes, 1)).toBe(true);
    expect(alone.sends(pullFromBytes)).toBe(false);
    expect(alone.sends(pullFromBytes - 1)).toBe(true);
    expect(delivery(presigning()).sends(10 * pullFromBytes)).toBe(true);
  });

  it("sends nothing plain over such a transport when storage is sealed", () => {
    const encryption = { recipients: [] } as unknown as NonNullable<NormalConfig["encryption"]>;
    const sealed = delivery(presigning(), { encryption }, { acceptsBody: false });
    expect(sealed.sealedOnly).toBe(true);
    expect(sealed.pulls(member("web1"), 1)).toBe(true);
    expect(sealed.sends(1)).toBe(false);
  });
});
