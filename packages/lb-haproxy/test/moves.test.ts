import { describe, expect, it } from "vitest";
import { standingOf, worst } from "../src/member.ts";
import * as moves from "../src/moves.ts";
import { type Addition, NamedRoster } from "../src/named-roster.ts";
import { firstOwnId, type ServerState } from "../src/server-state.ts";
import { server } from "./look.ts";

const placeOf = (address = "192.0.2.1", addition?: Addition) =>
  new NamedRoster("app", "{id}", addition).placeOf(
    { id: "web1", address, roles: ["web"], lifecycle: "inService" },
    "/s",
  );
const place = placeOf();
const addition = { port: 80, words: "check inter 1s" };
const seeing = (decide: moves.Decide) => (server: ServerState | undefined, at: typeof place) =>
  decide(new Map(server === undefined ? [] : [[server.name, server]]), at);
const towardIn = seeing(moves.towardIn());
const towardOut = seeing(moves.towardOut);
const towardCut = seeing(moves.towardCut);
const towardAbsent = seeing(moves.towardAbsent);
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
    expect(towardIn(server({ weight: 0 }), place)).toEqual({ command: "set server app/web1 weight 1" });
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

  it("adds a server it does not know only when it is told how", () => {
    expect(() => towardIn(undefined, place)).toThrow(
      expect.objectContaining({ code: "HWS_LB_UNKNOWN_SERVER" }),
    );
    expect(towardIn(undefined, placeOf("192.0.2.1", addition))).toEqual({
      command: expect.stringMatching(/^add server app\/web1 192\.0\.2\.1:80 check inter 1s id [0-9]{10}$/),
    });
    expect(towardIn(undefined, placeOf("2001:db8::1", addition))).toMatchObject({
      command: expect.stringContaining(" [2001:db8::1]:80 "),
    });
  });

  it("adds no server by a name that HAProxy would not resolve, nor anything that is no address", () => {
    for (const address of ["web1.dc", "1.2.3.4:80 check;disable server app/x", ""]) {
      expect(() => towardIn(undefined, placeOf(address, addition))).toThrow(
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

describe("toward in with a share of the weight", () => {
  const heavy = (given = {}) => server({ weight: 100, ownWeight: 100, ...given });
  const tenth = seeing(moves.towardIn(10));
  const half = seeing(moves.towardWeight(50));

  it("sets the share before the server takes requests", () => {
    expect(tenth(heavy({ drain: "forced" }), place)).toEqual({
      command: "set server app/web1 weight 10;set server app/web1 state ready",
    });
    expect(tenth(heavy({ weight: 10 }), place)).toBe("done");
  });

  it("leaves a member alone that is in with its whole weight", () => {
    expect(tenth(heavy(), place)).toBe("done");
    expect(half(heavy(), place)).toBe("done");
  });

  it("raises a share, also one that a start left that was cut off", () => {
    expect(half(heavy({ weight: 10 }), place)).toEqual({ command: "set server app/web1 weight 50" });
    expect(half(heavy({ weight: 50 }), place)).toBe("done");
    expect(half(heavy({ weight: 10, up: false }), place)).toBe("wait");
  });

  it("never makes a weight 0, which would take the server out", () => {
    expect(moves.weightOf(server(), 10)).toBe(1);
    expect(tenth(drained, place)).toEqual({ command: "set server app/web1 state ready" });
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
