import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ending, openProject } from "./fixtures/project.ts";

it("keeps a pinned release on instances and in storage, and says who pinned it and why", async () => {
  const { engine, source, root } = await openProject({ instances: 1, config: { keep: 1 } });
  const deployed = async (text: string) => {
    source.add({ "index.html": text }, { label: text });
    expect(ending(await engine.deploy().result)).toBe("0 done");
  };
  await deployed("v1");
  const { pin, changed } = await engine.pin({ release: "000001", reason: "the auditor asks for it" });
  expect(changed).toBe(true);
  expect(pin).toMatchObject({ release: "000001", why: "the auditor asks for it", who: expect.any(String) });
  for (const text of ["v2", "v3", "v4"]) await deployed(text);
  expect(ending(await engine.prune().result)).toBe("0 done");
  const held = () => readdirSync(join(root("web1"), "releases")).sort();
  expect(held()).toContain("000001");
  expect(held()).not.toContain("000002");
  const shown = await engine.releases();
  expect(shown.flatMap(({ id, pinned }) => (pinned === undefined ? [] : [[id, pinned.why]]))).toEqual([
    ["000001", "the auditor asks for it"],
  ]);
  expect(await engine.pin({ release: "000001" })).toEqual({ pin, changed: false });
  expect(await engine.unpin({ release: "000001", reason: "the audit is over" })).toEqual({
    pin,
    changed: true,
  });
  expect(await engine.unpin({ release: "000001" })).toEqual({ changed: false });
  expect(ending(await engine.prune().result)).toBe("0 done");
  expect(held()).not.toContain("000001");
});

it("shows pins and holds among the runs, newest first, with who did it and why", async () => {
  const { engine } = await openProject({ instances: 1 });
  expect(ending(await engine.deploy({ message: "first light" }).result)).toBe("0 done");
  await engine.pin({ release: "000001", reason: "keep" });
  const until = Date.now() + 60_000;
  await engine.hold({ reason: "lunch", until });
  await engine.unhold({ reason: "back" });
  await engine.unpin({ release: "000001" });
  await engine.unpin({ release: "000001" });
  const history = await engine.history();
  expect(history.map(({ verb, run, to, message, outcome }) => [verb, run, to, message, outcome])).toEqual([
    ["unpin", null, "000001", undefined, "noted"],
    ["unhold", null, null, "back", "noted"],
    ["hold", null, null, "lunch", "noted"],
    ["pin", null, "000001", "keep", "noted"],
    ["deploy", "000001", "000001", "first light", "done"],
  ]);
  expect(history[2]).toMatchObject({ until, who: expect.any(String) });
  expect(await engine.history({ limit: 2 })).toEqual(history.slice(0, 2));
});
