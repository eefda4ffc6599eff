import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { releaseOf } from "./releases.ts";
import { context, liveHost, shells } from "./shells.ts";
import { folder } from "./trees.ts";

const hostile = [
  "new\nline",
  "-rf",
  "--checkpoint-action=exec=sh x",
  "quote'\"`$(touch pwned)",
  "blank  and\ttab ",
  "back\\slash\\n",
  "star*?[a]",
  "percent%41%0A",
  "h\u00e4user-\u65e5\u672c",
  "esc\u001b[31m",
  ".hidden",
  "a//b".replace("//", "\u2215"),
];

const hostileTree = (text: string): string => {
  const directory = folder();
  for (const name of hostile) {
    mkdirSync(join(directory, "in", name), { recursive: true });
    writeFileSync(join(directory, name), `${text} ${name}`);
    writeFileSync(join(directory, "in", name, name), text);
    symlinkSync(name, join(directory, "in", name, "link to"));
  }
  const invalid = Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0xff, 0xfe, 0x20, 0xc3])]);
  writeFileSync(invalid, `${text} invalid`);
  symlinkSync(
    Buffer.from([0x74, 0xff, 0x0a, 0x75]),
    Buffer.concat([Buffer.from(directory), Buffer.from("/l\nink")]),
  );
  return directory;
};

describe.each(shells)("names under $name", ({ path }) => {
  test("names of any bytes are staged, recycled and verified as they are", async () => {
    const root = join(folder(), "srv");
    await using live = await liveHost(root, { path });
    const { host } = live;
    const one = await releaseOf(hostileTree("one"), "000001");
    await host.stage(await one.full(), context());
    const two = await releaseOf(hostileTree("two"), "000002", one);
    await host.stage(await two.delta(one, "recycle"), context());
    for (const name of hostile) {
      expect(readFileSync(join(root, "releases/000002", name), "utf8")).toBe(`two ${name}`);
      writeFileSync(join(root, "releases/000002", name), "changed");
    }
    const { differing } = await host.verify({ release: "000002" }, context());
    expect(differing.length).toBe(hostile.length);
    expect(differing.map(({ what }) => what)).toEqual(hostile.map(() => "changed"));
    const mended = await two.archiveOf(differing.map(({ name }) => name));
    expect(
      await host.stage(await two.delta(two, "recycle", { supplement: mended }), context()),
    ).toMatchObject({
      already: false,
    });
    expect((await host.verify({ release: "000002", against: "stage" }, context())).differing).toEqual([]);
  });
});
