import { describe, expect, it } from "vitest";
import { stateKeepingOf } from "../src/haproxy-config.ts";

const config = (lines: { global?: string; defaults?: string; backend?: string }) => `
global
  daemon # server-state-file /commented
  ${lines.global ?? ""}
defaults
  mode http
  ${lines.defaults ?? ""}
frontend entry
  load-server-state-from-file global
  default_backend web
backend other
  load-server-state-from-file global
backend web
  ${lines.backend ?? ""}
  server web1 10.0.0.1:80
`;
const load = "load-server-state-from-file global";

describe("haproxy.cfg", () => {
  it.each([
    ["nothing", {}, { file: undefined, loads: false }],
    ["a file and no loading", { global: "server-state-file /s" }, { file: "/s", loads: false }],
    [
      "loading in the backend",
      { global: "server-state-file /s", backend: load },
      { file: "/s", loads: true },
    ],
    ["loading by default", { global: "server-state-file /s", defaults: load }, { file: "/s", loads: true }],
    [
      "a backend's own word",
      { defaults: load, backend: "load-server-state-from-file none" },
      { loads: false },
    ],
    [
      "a file in a base",
      { global: "server-state-base /var/lib/haproxy/\n  server-state-file state" },
      { file: "/var/lib/haproxy/state" },
    ],
  ])("with %s is read as it is", (_, lines, found) => {
    expect(stateKeepingOf(config(lines), "web")).toMatchObject(found);
  });

  it("of another HAProxy says nothing", () => {
    expect(stateKeepingOf(config({}), "shop")).toBeUndefined();
    expect(stateKeepingOf("", "web")).toBeUndefined();
  });
});
