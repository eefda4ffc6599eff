import { describe, expect, it } from "vitest";
import { AnswerFault, parseLook } from "../src/server-state.ts";
import { type LookRow, lookAnswer, server } from "./look.ts";

const read = (row: LookRow) => parseLook(lookAnswer([row])).get("web1");

describe("what HAProxy shows of a server", () => {
  it("is read by the names of columns", () => {
    expect(read({})).toEqual(server());
  });

  it.each<[string, LookRow, object]>([
    ["forced maintenance", { admin: 0x01, operational: 0 }, { maintenance: "forced", up: false }],
    ["maintenance of a tracked server", { admin: 0x02 }, { maintenance: "inherited" }],
    ["an address that does not resolve", { admin: 0x20 }, { maintenance: "unresolved" }],
    ["maintenance of haproxy.cfg that somebody ended", { admin: 0x04 }, { maintenance: "none" }],
    ["maintenance of haproxy.cfg", { admin: 0x05 }, { maintenance: "forced" }],
    ["a forced drain", { admin: 0x08 }, { drain: "forced" }],
    ["the drain of a tracked server", { admin: 0x10 }, { drain: "inherited" }],
    ["a server that is down", { operational: 0 }, { up: false }],
    ["a server that warms up", { operational: 1 }, { up: true, stopping: false }],
    ["a server that asks for no new sessions", { operational: 3 }, { up: true, stopping: true }],
    ["no check", { checkState: 0 }, { check: "none" }],
    ["a check that was switched off", { checkState: 2 }, { check: "off" }],
    ["a check under way", { checkState: 7, checkStatus: "* L7OK" }, { check: "on", lastCheck: "L7OK" }],
    ["a check paused by maintenance", { checkState: 14 }, { check: "on" }],
    ["a check without a result", { checkStatus: "INI" }, { lastCheck: "" }],
    ["requests served and waiting", { sessions: 3, queued: 2 }, { open: 5 }],
    ["a tracked server", { tracked: "app/web9" }, { tracks: true }],
  ])("%s", (_, row, expected) => {
    expect(read(row)).toMatchObject(expected);
  });

  it("is all servers of the backend", () => {
    const names = Array.from({ length: 300 }, (_, index) => `web${index}`);
    expect([...parseLook(lookAnswer(names.map((name) => ({ name })))).keys()]).toEqual(names);
  });
});

describe("an answer that is not understood", () => {
  const whole = lookAnswer([{ name: "web1" }, { name: "web2" }]);

  it("is every cut of a whole one", () => {
    for (let length = 0; length < whole.length; length++) {
      expect(() => parseLook(whole.slice(0, length)), `cut at ${length}`).toThrow(AnswerFault);
    }
  });

  it.each([
    ["another version", whole.replace("1\n", "2\n")],
    ["no statistics", whole.slice(0, whole.indexOf("# pxname"))],
    ["a row with a field too few", whole.replace("127.0.0.1 ", "")],
    ["a word for a number", whole.replace("web1,0,0", "web1,x,0")],
    ["a negative number", whole.replace("web1,0,0", "web1,-1,0")],
    ["a server without statistics", whole.replace("app,web2,", "app,web3,")],
    ["an open quote", whole.replace('"HTTP', '""HTTP')],
    ["text", "HTTP/1.1 400 Bad Request\n\n"],
  ])("is %s", (_, answer) => {
    expect(() => parseLook(answer)).toThrow(AnswerFault);
  });
});
