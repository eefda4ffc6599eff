import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { jarCommand, shipJar, shipWar, warCommand } from "../src/archive.ts";
import { filesOf, runIn, tree } from "./shells.ts";

/** A tree as a build leaves it. */
const builtTree = () =>
  tree({
    "src/Shop.java": "source",
    "target/classes/Shop.class": "class",
    "target/shop-1.jar": "jar",
    "target/lib/a.jar": "a",
    "conf/.hidden": "hidden",
    "pom.xml": "pom",
  });

const warTree = (files: Readonly<Record<string, string>>, wrapped = ""): string => {
  const path = tree(Object.fromEntries(Object.entries(files).map(([name, text]) => [`in/${name}`, text])));
  spawnSync("zip", ["-q", "-r", "../shop-7.war", "."], { cwd: join(path, "in", wrapped) });
  return path;
};

describe("a jar", () => {
  it("is the one file of its name", () => {
    expect(runIn(builtTree(), jarCommand("target/shop-*.jar"))).toEqual({ status: 0, output: "" });
  });

  it("that is missing fails the preparation", () => {
    expect(runIn(builtTree(), jarCommand("target/other-*.jar")).status).toBe(1);
  });

  it("goes out with the whole tree when nothing else is said", () => {
    expect(shipJar("target/shop-*.jar")).toEqual([]);
  });

  it("goes out with what is to be shipped, and with nothing else", () => {
    const directory = builtTree();
    const [ship] = shipJar("target/shop-*.jar", ["target/lib", "conf"]);
    expect(runIn(directory, ship!)).toEqual({ status: 0, output: "" });
    expect(filesOf(directory)).toEqual({
      "conf/.hidden": "hidden",
      "target/lib/a.jar": "a",
      "target/shop-1.jar": "jar",
    });
  });

  it("may lie in a folder that is shipped, and so may other paths", () => {
    const directory = builtTree();
    const [ship] = shipJar("target/shop-*.jar", ["target/lib", "target"]);
    expect(runIn(directory, ship!)).toEqual({ status: 0, output: "" });
    expect(Object.keys(filesOf(directory))).toEqual([
      "target/classes/Shop.class",
      "target/lib/a.jar",
      "target/shop-1.jar",
    ]);
  });

  it("does not go out when a path that is to be shipped is missing", () => {
    const [ship] = shipJar("target/shop-*.jar", ["config"]);
    expect(runIn(builtTree(), ship!)).toEqual({
      status: 1,
      output: "config is to be shipped and is not there\n",
    });
  });
});

describe("a war", () => {
  it("is unpacked into webapp, and nothing else goes out", () => {
    const directory = warTree({ "WEB-INF/web.xml": "<web-app/>", "index.html": "page" });
    expect(runIn(directory, warCommand("shop-*.war"))).toEqual({ status: 0, output: "" });
    expect(Object.keys(filesOf(directory))).toContain("in/index.html");
    const [ship] = shipWar();
    expect(runIn(directory, ship!)).toEqual({ status: 0, output: "" });
    expect(filesOf(directory)).toEqual({
      "webapp/WEB-INF/web.xml": "<web-app/>",
      "webapp/index.html": "page",
    });
  });

  it("without WEB-INF is refused", () => {
    const { status, output } = runIn(warTree({ "index.html": "page" }), warCommand("shop-*.war"));
    expect(status).toBe(1);
    expect(output).toContain("shop-7.war has no WEB-INF: it is no war");
  });

  it("is not unpacked over something of the application's own", () => {
    const directory = tree({ "a.war": "", "webapp/mine": "" });
    const { status, output } = runIn(directory, warCommand("a.war"));
    expect(status).toBe(1);
    expect(output).toContain("something named webapp");
  });
});
