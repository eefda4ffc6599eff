import { pluginContext } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import javaInstaller, { type JavaInstallerOptions } from "../src/index.ts";

const planOf = async (options: JavaInstallerOptions) =>
  (await javaInstaller.create(options, pluginContext())).plan({ roles: ["web"] });

/** Keys of the plan's commands by phase. */
const keysOf = async (options: JavaInstallerOptions) => {
  const { prepare, install, leave, activate } = await planOf(options);
  const names = (commands: readonly { readonly name: string }[]) => commands.map(({ name }) => name);
  return { prepare: names(prepare), install: names(install), leave: names(leave), activate: names(activate) };
};

const jar: JavaInstallerOptions = { jar: "target/shop.jar", service: "systemd:shop" };
const war: JavaInstallerOptions = { war: "target/shop.war", service: "systemd:tomcat10" };

describe("a jar", () => {
  it("is built, started by its launcher, and replaces the process before it", async () => {
    expect(await keysOf({ ...jar, build: "maven", ship: [] })).toEqual({
      prepare: ["build", "archive", "ship"],
      install: ["launcher"],
      leave: ["stop"],
      activate: ["restart"],
    });
    expect((await planOf(jar)).generated).toEqual(["start-java"]);
  });

  it("is not built when it is in the source already", async () => {
    expect((await keysOf(jar)).prepare).toEqual(["archive"]);
  });

  it("is healthy when its page names the release", async () => {
    expect((await planOf(jar)).check).toEqual({
      http: "http://127.0.0.1:8080/health",
      release: true,
      timeoutMs: 120_000,
      stableMs: 0,
    });
    const health = { path: "/actuator/health", release: false, body: "UP", stableMs: 5_000 };
    expect((await planOf({ ...jar, port: 9090, health })).check).toEqual({
      http: "http://127.0.0.1:9090/actuator/health",
      release: false,
      body: "UP",
      timeoutMs: 120_000,
      stableMs: 5_000,
    });
  });

  it("is released although the process before it does not stop", async () => {
    expect((await planOf(jar)).leave).toMatchObject([{ name: "stop", mayFail: true }]);
  });

  it("has nothing to leave when its service has no way to stop", async () => {
    expect((await keysOf({ ...jar, service: { restart: "bin/restart" } })).leave).toEqual([]);
  });
});

describe("a war", () => {
  it("is unpacked, named to Tomcat, and served by a Tomcat that starts anew", async () => {
    expect(await keysOf({ ...war, build: "gradle" })).toEqual({
      prepare: ["build", "archive", "ship"],
      install: [],
      leave: ["stop"],
      activate: ["context", "restart"],
    });
  });

  it.each([
    ["ROOT", "http://127.0.0.1:8080/health"],
    ["shop", "http://127.0.0.1:8080/shop/health"],
    ["shop#v1", "http://127.0.0.1:8080/shop/v1/health"],
  ])("is asked at the path of its context %s", async (name, url) => {
    expect((await planOf({ ...war, tomcat: { name } })).check?.http).toBe(url);
  });
});

describe("a war beside its older versions", () => {
  it("needs no service: Tomcat goes on", async () => {
    expect(await keysOf({ war: "target/shop.war", tomcat: { parallel: true } })).toEqual({
      prepare: ["archive", "ship"],
      install: [],
      leave: [],
      activate: ["context"],
    });
  });
});

describe("options that do not fit together", () => {
  it.each<[string, Partial<JavaInstallerOptions>, string]>([
    ["neither a jar nor a war", {}, "HWS_JAVA_ARCHIVE"],
    ["both", { jar: "a.jar", war: "a.war" }, "HWS_JAVA_ARCHIVE"],
    ["a jar and Tomcat", { jar: "a.jar", tomcat: {} }, "HWS_JAVA_OPTION"],
    ["a war and options of Java", { war: "a.war", java: {} }, "HWS_JAVA_OPTION"],
    ["a service that is not restarted", { war: "a.war", tomcat: { parallel: true } }, "HWS_JAVA_OPTION"],
    ["a jar that nothing runs", { jar: "a.jar" }, "HWS_JAVA_SERVICE"],
    ["a war that nothing runs", { war: "a.war" }, "HWS_JAVA_SERVICE"],
  ])("are refused: %s", (_what, options, code) => {
    const given = code === "HWS_JAVA_SERVICE" ? options : { service: "systemd:shop", ...options };
    expect(javaInstaller.problems?.(given)).toMatchObject([{ code }]);
  });
});
