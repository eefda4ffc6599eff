import { describe, expect, it } from "vitest";
import { standingOf, worst } from "../src/member.ts";
import { type Place, towardAbsent, towardCut, towardIn, towardOut } from "../src/moves.ts";
import { firstOwnId } from "../src/server-state.ts";
import { server } from "./look.ts";

const place: Place = { socket: "/s", backend: "app", server: "web1", address: "192.0.2.1", port: undefined };
const drained = server({ drain: "forced" });
const parked = server({ maintenance: "forced", up: false });

describe("a member's state", () => {
  it.each([
    ["in", server()],
    ["in", server({ up: false })],
    ["out", drained],
    ["draining", { ...drained, open: 1 }],
    ["out", parked],
    ["draining", { ...parked, open: 1 }],
    ["out", server({ maintenance: "unresolved" })],
    ["out", server({ weight: 0 })],
    ["out", server({ stopping: true })],
    ["absent", undefined],
  ])("is %s", (state, seen) => {
    expect(standingOf(seen).state).toBe(state);
  });

  it.each([
    ["yes", server()],
    ["no", server({ up: false, lastCheck: "L4CON" })],
    ["unknown", server({ check: "none", lastCheck: "" })],
    ["unknown", server({ check: "off" })],
    ["unknown", server({ lastCheck: "" })],
    ["unknown", parked],
    ["yes", server({ check: "none", tracks: true })],
    ["no", server({ check: "none", tracks: true, up: false })],
  ])("has health %s", (healthy, seen) => {
    expect(standingOf(seen).healthy).toBe(healthy);
  });

  it("is the worst of its states over several load balancers", () => {
    const [inside, out] = [standingOf(server()), standingOf(drained)];
    const draining = standingOf({ ...drained, open: 1 });
    const absent = standingOf(undefined);
    expect(worst([inside, out]).state).toBe("out");
    expect(worst([out, draining]).state).toBe("draining");
    expect(worst([absent, inside]).state).toBe("absent");
    expect(worst([inside, standingOf(server({ up: false }))]).healthy).toBe("no");
  });
});

describe("toward in", () => {
  it("brings a parked server up by its checks before it takes requests", () => {
    expect(towardIn(parked, place)).toEqual({
      command: "enable health app/web1;set server app/web1 state drain;set server app/web1 health down",
    });
    expect(towardIn({ ...drained, up: false }, place)).toBe("wait");
    expect(towardIn(drained, place)).toEqual({ command: "set server app/web1 state ready" });
    expect(towardIn(server(), place)).toBe("done");
  });

  it("is done with a server that has no check once it is ready", () => {
    const unchecked = server({ check: "none", lastCheck: "" });
    expect(towardIn({ ...unchecked, maintenance: "forced" }, place)).toEqual({
      command: "set server app/web1 state ready",
    });
    expect(towardIn(unchecked, place)).toBe("done");
  });

  it("switches checks on again and takes back a weight of 0", () => {
    expect(towardIn(server({ check: "off" }), place)).toEqual({ command: "enable health app/web1" });
    expect(towardIn(server({ weight: 0 }), place)).toEqual({ command: "set server app/web1 weight 100%" });
    expect(() => towardIn(server({ weight: 0, ownWeight: 0 }), place)).toThrow(/has weight 0 in haproxy.cfg/);
  });

  it("waits while the server is down, unresolved, unproved or follows another that is away", () => {
    const cases = [
      { up: false },
      { lastCheck: "" },
      { stopping: true },
      { maintenance: "unresolved" },
      { maintenance: "inherited" },
      { drain: "inherited" },
    ] as const;
    for (const given of cases) expect(towardIn(server(given), place)).toBe("wait");
  });

  it("adds a server it does not know only when the port is given", () => {
    expect(() => towardIn(undefined, place)).toThrow(
      expect.objectContaining({ code: "HWS_LB_UNKNOWN_SERVER" }),
    );
    expect(towardIn(undefined, { ...place, port: 80 })).toEqual({
      command: expect.stringMatching(/^add server app\/web1 192\.0\.2\.1:80 check id [0-9]{10}$/),
    });
    expect(towardIn(undefined, { ...place, port: 80, address: "2001:db8::1" })).toMatchObject({
      command: expect.stringContaining(" [2001:db8::1]:80 "),
    });
  });

  it("adds no server by a name that HAProxy would not resolve, nor anything that is no address", () => {
    for (const address of ["web1.dc", "1.2.3.4:80 check;disable server app/x", ""]) {
      expect(() => towardIn(undefined, { ...place, port: 80, address })).toThrow(
        expect.objectContaining({ code: "HWS_LB_NO_ADDRESS" }),
      );
    }
  });
});

describe("toward out", () => {
  it("drains, waits, and parks", () => {
    expect(towardOut(server({ open: 2 }), place)).toEqual({ command: "set server app/web1 state drain" });
    expect(towardOut({ ...drained, open: 2 }, place)).toBe("wait");
    expect(towardOut(drained, place)).toEqual({ command: "set server app/web1 state maint" });
    expect(towardOut({ ...parked, open: 1 }, place)).toBe("wait");
    expect(towardOut(parked, place)).toBe("done");
    expect(towardOut(undefined, place)).toBe("done");
  });

  it("parks first when it cuts, so that no sticky client takes the place of one that was cut", () => {
    expect(towardCut({ ...drained, open: 2 }, place)).toEqual({ command: "set server app/web1 state maint" });
    expect(towardCut({ ...parked, open: 2 }, place)).toEqual({
      command: "shutdown sessions server app/web1",
    });
    expect(towardCut(parked, place)).toBe("done");
  });
});

describe("toward absent", () => {
  it("deletes only a server that was added at run time", () => {
    expect(towardAbsent(parked, place)).toBe("done");
    expect(towardAbsent({ ...parked, id: firstOwnId + 5 }, place)).toEqual({
      command: "del server app/web1",
    });
    expect(towardAbsent(undefined, place)).toBe("done");
  });
});
