import type { Instance } from "@hawser/core/plugin";
import { describe, expect, it } from "vitest";
import { FleetMember } from "../../src/fleet/member.ts";
import type { Retention } from "../../src/fleet/retention.ts";
import type { Shipment } from "../../src/fleet/shipment.ts";
import { chooseMethod } from "../../src/fleet/staging-method.ts";
import type { HeldRelease, HostSurvey } from "../../src/host/host.ts";

const instance: Instance = { id: "web1", address: "web1", roles: ["web"], lifecycle: "inService" };
const held = (id: string, more: Partial<HeldRelease> = {}): HeldRelease => ({
  id,
  state: "installed",
  artifact: `sha256-${id}`,
  manifest: `manifest-${id}`,
  changedAt: 0,
  ...more,
});
const shipment = { id: "000009", record: { manifest: "manifest-000009" } } as Shipment;

const choose = (releases: readonly HeldRelease[], retention: Partial<Retention> = {}, resumed = false) => {
  const member = new FleetMember(instance, "/srv/shop");
  member.survey = { releases } as unknown as HostSurvey;
  const good = new Set(releases.map(({ id }) => id));
  return chooseMethod(member, shipment, { keep: 3, protected: new Set(), good, ...retention }, resumed);
};

describe("how a release comes onto an instance", () => {
  it("not at all when it is there, staged or installed", () => {
    expect(choose([held("000009")])).toEqual({ method: "present", state: "installed" });
    expect(choose([held("000009", { state: "staged" })])).toEqual({ method: "present", state: "staged" });
  });

  it("is made clean again after an install that another run left half-way, but gone on with by the same run", () => {
    const half = held("000009", { state: "installing" });
    expect(choose([half])).toEqual({ method: "recycle", base: half });
    expect(choose([half], {}, true)).toEqual({ method: "present", state: "installing" });
  });

  it("is never taken for present when a release of that id has another manifest", () => {
    const other = held("000009", { manifest: "manifest-of-another" });
    expect(choose([other])).toEqual({ method: "full" });
  });

  it("recycles the newest release that retention is about to delete", () => {
    const releases = ["000001", "000002", "000003", "000004"].map((id) => held(id));
    expect(choose(releases)).toEqual({ method: "recycle", base: releases[1] });
  });

  it("recycles what failed before what is good", () => {
    const releases = ["000001", "000002", "000003"].map((id) => held(id));
    const good = new Set(["000001", "000002"]);
    expect(choose(releases, { good })).toEqual({ method: "recycle", base: releases[2] });
  });

  it("never recycles what is protected: it clones the newest installed one", () => {
    const releases = [held("000001"), held("000002"), held("000003", { state: "staged" })];
    const kept = { protected: new Set(["000001", "000002", "000003"]), keep: 1 };
    expect(choose(releases, kept)).toEqual({ method: "clone", base: releases[1] });
  });

  it("is whole where nothing is there to begin with", () => {
    expect(choose([])).toEqual({ method: "full" });
    const staged = held("000001", { state: "staged" });
    expect(choose([staged], { protected: new Set(["000001"]) })).toEqual({ method: "full" });
  });
});
