import { expect, test } from "vitest";
import { parseRef } from "../src/ref.ts";

test.each([
  ["trunk", { path: "trunk" }],
  ["branches/team/new", { path: "branches/team/new" }],
  ["tags/1.4.0", { path: "tags/1.4.0" }],
  ["HEAD", { path: "home" }],
  ["4711", { path: "home", number: 4711 }],
  ["r4711", { path: "home", number: 4711 }],
  ["trunk@4711", { path: "trunk", number: 4711 }],
  ["trunk@r4711", { path: "trunk", number: 4711 }],
  ["tags/1@2@3", { path: "tags/1@2", number: 3 }],
  ["old/place@12", { path: "old/place", number: 12 }],
])("%s is accepted", (ref, place) => {
  expect(parseRef(ref, "home")).toEqual(place);
});

test.each([
  "-r1",
  "--revision=1",
  "-oProxyCommand=x",
  "main",
  "old/place",
  "tags/../trunk",
  "tags/-x",
  "tags//x",
  "/trunk",
  "trunk/",
  "tags/a b",
  "tags/a;id",
  "tags/$(id)",
  "tags/a\nb",
  "tags/\u00fc",
  "^/trunk",
  "{2026-01-01}",
  "trunk@{2026-01-01}",
  "trunk@PREV",
  "1:2",
  "2147483648",
  "99999999999",
  "",
  `tags/${"x".repeat(200)}`,
])("%j is refused", (ref) => {
  expect(() => parseRef(ref, "home")).toThrow(expect.objectContaining({ code: "HWS_SOURCE_REF_INVALID" }));
});
