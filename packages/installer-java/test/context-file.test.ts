import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contextCommand } from "../src/context-file.ts";
import { type Ended, filesOf, runIn, shells, tree } from "./shells.ts";

/** What an XML parser reads of a context file. */
const parsed = (file: string): unknown =>
  JSON.parse(
    execFileSync(
      "python3",
      [
        "-c",
        "import json,sys,xml.etree.ElementTree as t; r=t.parse(sys.argv[1]).getroot(); print(json.dumps([r.tag, r.attrib, [[c.tag, c.attrib] for c in r]]))",
        file,
      ],
      { encoding: "utf8" },
    ),
  );

const release = (context?: string): string =>
  tree({
    "a&b/webapp/WEB-INF/web.xml": "",
    "contexts/ROOT.xml": "before",
    ...(context !== undefined && { "a&b/webapp/META-INF/context.xml": context }),
  });

const parameter = ["Parameter", { name: "hawser.release", value: "000012", override: "false" }];

describe.each(shells)("the context file that %s writes", (_, shell) => {
  const write = (place: string, parallel = false): Ended => {
    const contexts = join(place, "contexts");
    return runIn(join(place, "a&b"), contextCommand({ contexts, name: "ROOT", parallel }), shell);
  };
  const contextsOf = (place: string): readonly string[] => Object.keys(filesOf(join(place, "contexts")));

  it("names the release and its own directory", () => {
    const place = release();
    expect(write(place)).toEqual({ status: 0, output: "" });
    expect(parsed(join(place, "contexts/ROOT.xml"))).toEqual([
      "Context",
      { docBase: join(place, "a&b/webapp") },
      [parameter],
    ]);
    expect(contextsOf(place)).toEqual(["ROOT.xml"]);
  });

  it.each([
    ["an empty one", "<Context/>", {}, []],
    [
      "one with attributes",
      '<?xml version="1.0"?>\n<Context\n  reloadable="false"\n/>',
      { reloadable: "false" },
      [],
    ],
    ["one with a sign in quotes", `<Context altDDName='a>b' />`, { altDDName: "a>b" }, []],
    [
      "one with children, and comments that speak of <Context",
      '<!-- <Context docBase="no"> --><Context cookies="false"><!-- more --><Loader delegate="true"/></Context>',
      { cookies: "false" },
      [["Loader", { delegate: "true" }]],
    ],
  ])(
    "keeps what the application says in META-INF/context.xml: %s",
    (_what, context, attributes, children) => {
      const place = release(context);
      expect(write(place)).toEqual({ status: 0, output: "" });
      expect(parsed(join(place, "contexts/ROOT.xml"))).toEqual([
        "Context",
        { docBase: join(place, "a&b/webapp"), ...attributes },
        [parameter, ...children],
      ]);
    },
  );

  it.each([
    ["sets docBase or path, which are the release's", '<Context path="/shop"/>'],
    ["has no Context", "<Server/>"],
    ["has a comment without an end", "<!-- <Context/>"],
  ])("stays as it was when META-INF/context.xml %s", (why, context) => {
    const place = release(context);
    expect(write(place)).toEqual({ status: 1, output: `webapp/META-INF/context.xml ${why}\n` });
    expect(readFileSync(join(place, "contexts/ROOT.xml"), "utf8")).toBe("before");
    expect(contextsOf(place)).toEqual(["ROOT.xml"]);
  });

  it("is the only one of its name when Tomcat starts anew, and no other application's", () => {
    const place = release();
    for (const name of ["ROOT##000007", "shop##000001"])
      writeFileSync(join(place, "contexts", `${name}.xml`), "");
    expect(write(place)).toEqual({ status: 0, output: "" });
    expect(contextsOf(place)).toEqual(["ROOT.xml", "shop##000001.xml"]);
  });

  it("is a version above those before it when Tomcat goes on, of which two stay", () => {
    const place = release();
    for (const version of ["000007", "000008", "000009"])
      writeFileSync(join(place, "contexts", `ROOT##${version}.xml`), "");
    expect(write(place, true)).toEqual({ status: 0, output: "" });
    expect(contextsOf(place)).toEqual([
      "ROOT##000008.xml",
      "ROOT##000009.xml",
      "ROOT##000010.xml",
      "ROOT.xml",
    ]);
  });

  it("is the first version where there was none, and the same one when it is asked for again", () => {
    const place = release();
    for (let time = 1; time <= 2; time++) {
      expect(write(place, true)).toEqual({ status: 0, output: "" });
      expect(contextsOf(place)).toEqual(["ROOT##000001.xml", "ROOT.xml"]);
    }
  });
});
