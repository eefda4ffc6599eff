import { describe, expect, it } from "vitest";
import { backendName, serverName } from "../src/names.ts";
import { parseSocket } from "../src/socket-address.ts";

const instance = (id: string, address = "192.0.2.7") =>
  ({ id, address, roles: ["web"], lifecycle: "inService" }) as const;

describe("a socket option", () => {
  it.each([
    ["/run/haproxy/admin.sock", { kind: "unix", path: "/run/haproxy/admin.sock" }],
    ["tcp://127.0.0.1:9999", { kind: "tcp", host: "127.0.0.1", port: 9999 }],
    ["tcp://[::1]:9999", { kind: "tcp", host: "::1", port: 9999 }],
    ["ssh://lb1.dc/run/h.sock", { kind: "ssh", host: "lb1.dc", path: "/run/h.sock" }],
    [
      "ssh://deploy@lb1.dc:2222/run/h.sock",
      { kind: "ssh", user: "deploy", host: "lb1.dc", port: 2222, path: "/run/h.sock" },
    ],
  ])("%s is understood", (socket, address) => {
    expect(parseSocket(socket)).toEqual(address);
  });

  it.each([
    "",
    "run/haproxy.sock",
    "tcp://127.0.0.1",
    "tcp://127.0.0.1:0",
    "tcp://127.0.0.1:65536",
    "tcp://-oProxyCommand=x:1",
    "ssh://lb1.dc",
    "ssh://-oProxyCommand=x/run/h.sock",
    "ssh://-l@lb1.dc/run/h.sock",
    "ssh://user:password@lb1.dc/run/h.sock",
    "http://lb1.dc/run/h.sock",
    "/run/h.sock\nshow info",
    `/${"a".repeat(107)}`,
  ])("%j is refused", (socket) => {
    expect(() => parseSocket(socket)).toThrow(expect.objectContaining({ code: "HWS_LB_BAD_SOCKET" }));
  });
});

describe("a server's name", () => {
  it("is made of the template's id and address", () => {
    expect(serverName("{id}", instance("web1"))).toBe("web1");
    expect(serverName("shop-{id}:{address}", instance("web1", "fd00::1"))).toBe("shop-web1:fd00::1");
  });

  it.each([
    "a;shutdown sessions server app/b",
    "a b",
    "a\nb",
    "a/b",
    "",
    "a".repeat(256),
    "ä",
    "a<<",
    "$x",
    "a\\",
  ])("%j could be another command or word, and is refused, as is a backend of that name", (name) => {
    const refused = expect.objectContaining({ code: "HWS_LB_BAD_NAME" });
    expect(() => serverName(name, instance("web1"))).toThrow(refused);
    expect(() => serverName("{id}", instance(name))).toThrow(refused);
    expect(() => backendName(name)).toThrow(refused);
  });
});
