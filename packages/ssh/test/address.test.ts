import { expect, test } from "vitest";
import { checkHop, describe as describeHop, parseJump } from "../src/address.ts";

const refused = expect.objectContaining({ code: "HWS_SSH_HOST" });

test.each([
  "-oProxyCommand=touch PWN",
  "$(id)",
  "a;id",
  "a b",
  "a\nb",
  "",
  "host,other",
  "a..b",
  "-a.b",
  "fe80::1%;id",
])("the host %j is refused before anything is dialled", (host) => {
  expect(() => checkHop({ host, port: 22, user: "deploy" })).toThrow(refused);
});

test.each(["a;id", "-l", "", "a b", "$(id)", "user@host", "a".repeat(65)])(
  "the user %j is refused",
  (user) => {
    expect(() => checkHop({ host: "web1", port: 22, user })).toThrow(refused);
  },
);

test.each([0, 65_536, 1.5, Number.NaN])("the port %s is refused", (port) => {
  expect(() => checkHop({ host: "web1", port, user: "deploy" })).toThrow(refused);
});

test.each([
  "web1",
  "web-1.dc.example.org",
  "10.0.0.1",
  "2001:db8::1",
  "fe80::1%eth0",
  "web_1",
  "example.org.",
])("the host %s is allowed", (host) => {
  expect(checkHop({ host, port: 22, user: "deploy" }).host).toBe(host);
});

test("a chain of jump hosts is read nearest first, with the user and port of each", () => {
  expect(parseJump("ops@bastion:2222, inner,root@[2001:db8::2]:23", "deploy")).toEqual([
    { user: "ops", host: "bastion", port: 2222 },
    { user: "deploy", host: "inner", port: 22 },
    { user: "root", host: "2001:db8::2", port: 23 },
  ]);
});

test.each([
  "bastion,,inner",
  "bastion:",
  "a@b@c",
  "-oProxyCommand=x",
  "bastion:99999",
  "u$@bastion",
  "[bastion",
])("the jump host %j is refused", (jump) => {
  expect(() => parseJump(jump, "deploy")).toThrow(refused);
});

test("an IPv6 address is described in brackets", () => {
  expect(describeHop({ host: "::1", port: 22 })).toBe("[::1]:22");
});
