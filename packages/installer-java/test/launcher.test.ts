import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { launcherCommand } from "../src/launcher.ts";
import { runIn, shells, tree } from "./shells.ts";

/** A program in the place of `java` that tells how it was started. */
const told = `#!/bin/sh
printf '%s\\n' "in $(pwd -P)" "release $HAWSER_RELEASE" "revision $HAWSER_REVISION" "mode $MODE" "word $WORD"
for argument; do printf '[%s]\\n' "$argument"; done
`;

const release = (files: Readonly<Record<string, string>> = { "target/shop-1.4.2.jar": "" }): string => {
  const path = tree(files);
  mkdirSync(join(path, "programs"));
  writeFileSync(join(path, "programs/java"), told);
  chmodSync(join(path, "programs/java"), 0o755);
  return path;
};

const start = (directory: string): string =>
  execFileSync(join(directory, "start-java"), {
    encoding: "utf8",
    env: { PATH: `${join(directory, "programs")}:${process.env.PATH}` },
  });

describe.each(shells)("the launcher that %s makes", (_, shell) => {
  it("starts the jar in the release's own directory, with each option as one word", () => {
    const directory = release({ "target/shop-1.4.2.jar": "", "conf/app.env": 'WORD="two words"\n' });
    const command = launcherCommand("target/shop-*.jar", {
      options: ["-Xmx64m", "-Dshop.motto=it's $HOME"],
      arguments: ["8080", ""],
      env: { MODE: "a 'b' $c" },
      envFile: "conf/app.env",
    });
    expect(runIn(directory, command, shell)).toEqual({ status: 0, output: "" });
    expect(start(directory).split("\n")).toEqual([
      `in ${directory}`,
      "release 000012",
      "revision it's 5d1f",
      "mode a 'b' $c",
      "word two words",
      "[-Xmx64m]",
      "[-Dshop.motto=it's $HOME]",
      "[-jar]",
      `[${directory}/target/shop-1.4.2.jar]`,
      "[8080]",
      "[]",
      "",
    ]);
  });

  it("starts its own release when `current` has moved on", () => {
    const [one, two] = [release(), release()];
    for (const each of [one, two]) runIn(each, launcherCommand("target/*.jar"), shell);
    const place = tree({});
    symlinkSync(one, join(place, "current"));
    const script = `exec 3<${JSON.stringify(`${place}/current/start-java`)}; mv -T next current; exec sh /dev/fd/3`;
    symlinkSync(two, join(place, "next"));
    const { stdout } = spawnSync("bash", ["-c", script], {
      cwd: place,
      encoding: "utf8",
      env: { PATH: `${join(one, "programs")}:${process.env.PATH}` },
    });
    expect(stdout).toContain(`[${one}/target/shop-1.4.2.jar]`);
  });

  it("is made again over an older one", () => {
    const directory = release();
    runIn(directory, launcherCommand("target/*.jar", { options: ["-Xmx1g"] }), shell);
    renameSync(join(directory, "target/shop-1.4.2.jar"), join(directory, "target/shop-2.jar"));
    runIn(directory, launcherCommand("target/*.jar"), shell);
    expect(start(directory)).toContain(`[-jar]\n[${directory}/target/shop-2.jar]`);
    expect(start(directory)).not.toContain("Xmx1g");
  });

  it.each([
    ["no jar", {}],
    ["two jars", { "target/a.jar": "", "target/b.jar": "" }],
  ])("is refused when there is %s of that name", (_what, files) => {
    const { status, output } = runIn(tree(files), launcherCommand("target/*.jar"), shell);
    expect(status).toBe(1);
    expect(output).toContain("one archive is wanted by this name, and there is:");
  });
});
