import { describe, expect, it } from "vitest";
import { towardAbsent, towardIn, towardOut } from "../src/moves.ts";
import type { ServerState } from "../src/server-state.ts";
import { SlotRoster } from "../src/slot-roster.ts";
import { server } from "./look.ts";

const roster = new SlotRoster("app", "slot", 8080);
const placeOf = (address: string) =>
  roster.placeOf({ id: "web1", address, roles: ["web"], lifecycle: "inService" }, "/s");
const place = placeOf("192.0.2.7");

const slot = (number: number, given: Partial<ServerState> = {}) =>
  server({ name: `slot${number}`, id: number, named: true, address: "192.0.2.7", ...given });
const free = (number: number) => slot(number, { address: "0.0.0.0", maintenance: "forced", up: false });
const backend = (...servers: ServerState[]) => new Map(servers.map((each) => [each.name, each]));

describe("an instance's slot", () => {
  it("is the one with its address and port, and no other server", () => {
    const servers = backend(
      slot(1, { port: 81 }),
      slot(2),
      slot(3, { address: "192.0.2.8" }),
      server({ name: "web1", address: "192.0.2.7" }),
    );
    expect(place.find(servers).map(({ name }) => name)).toEqual(["slot2"]);
  });

  it("is found by an address of IPv6 however it is written", () => {
    const servers = backend(slot(1, { address: "fd00::1" }));
    expect(placeOf("FD00:0::1").find(servers)).toHaveLength(1);
  });

  it("is taken from those that are free", () => {
    expect(towardIn()(backend(slot(1, { address: "192.0.2.8" }), free(2)), place)).toEqual({
      command: "set server app/slot2 addr 192.0.2.7 port 8080",
    });
  });

  it("is HWS_LB_NO_SLOT when none is free, and HWS_LB_NO_ADDRESS for a name", () => {
    const taken = backend(slot(1, { address: "192.0.2.8" }));
    expect(() => towardIn()(taken, place)).toThrow(expect.objectContaining({ code: "HWS_LB_NO_SLOT" }));
    for (const address of ["web1.dc", "1.2.3.4;x", ""])
      expect(() => towardIn()(backend(free(1)), placeOf(address))).toThrow(
        expect.objectContaining({ code: "HWS_LB_NO_ADDRESS" }),
      );
  });

  it("is no slot that is in service without an address", () => {
    const lost = slot(1, { address: "0.0.0.0" });
    expect(() => towardIn()(backend(lost), place)).toThrow(
      expect.objectContaining({ code: "HWS_LB_NO_SLOT" }),
    );
  });

  it("is emptied when the instance shall be absent, after maintenance", () => {
    expect(towardAbsent(backend(slot(1)), place)).toEqual({ command: "set server app/slot1 state maint" });
    expect(towardAbsent(backend(slot(1, { maintenance: "forced" })), place)).toEqual({
      command: "set server app/slot1 addr 0.0.0.0 port 8080",
    });
    expect(towardAbsent(backend(free(1)), place)).toBe("done");
  });
});

describe("an instance that two deployers gave a slot at once", () => {
  const both = backend(slot(1), slot(2));

  it("is taken out of both", () => {
    expect(towardOut(both, place)).toEqual({ command: "set server app/slot1 state drain" });
    const first = slot(1, { maintenance: "forced" });
    expect(towardOut(backend(first, slot(2)), place)).toEqual({
      command: "set server app/slot2 state drain",
    });
  });

  it("keeps the first when it is brought in", () => {
    expect(towardIn()(both, place)).toEqual({ command: "set server app/slot2 state maint" });
    expect(towardIn()(backend(slot(1), slot(2, { maintenance: "forced" })), place)).toEqual({
      command: "set server app/slot2 addr 0.0.0.0 port 8080",
    });
  });
});
