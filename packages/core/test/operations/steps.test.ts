import { join } from "node:path";
import { emptyPlan } from "@hawser/testkit";
import { expect, it } from "vitest";
import { createEngine, readConfigFile } from "../../src/index.ts";
import { minimal, project } from "../config/project.ts";

/** What an installer gives: one command of a config's list, one of its own, and tells of one that was taken out. */
const plan = {
  ...emptyPlan,
  prepare: [{ name: "build", run: "make", timeoutMs: 1, origin: "installer.with.list.1" }],
  install: [
    { name: "warm", run: "warm", timeoutMs: 2, roles: ["web"] },
    { name: "file", run: "write", timeoutMs: 3, user: null, mayFail: true },
  ],
  user: "shop",
  check: { command: "true", timeoutMs: 4, stableMs: 0 },
};
const skipped = [{ phase: "install", name: "assets", origin: "own", by: "installer.with.list.0" }];

const pluginText = (kind: string, create: string) => `export default {
  apiVersion: 1, kind: "${kind}", name: "own-${kind}",
  schema: { type: "object", properties: { list: { type: "array" } }, additionalProperties: false },
  create: () => { ${create} },
};`;

/** A source or transport that was made would throw. */
const report = async (more: string, environment?: string) => {
  const { directory, write } = project();
  for (const kind of ["source", "transport"])
    write(`plugins/${kind}.js`, pluginText(kind, 'throw new Error("nobody is to be asked")'));
  write(
    "plugins/installer.js",
    pluginText(
      "installer",
      `return { plan: () => (${JSON.stringify(plan)}), skipped: () => (${JSON.stringify(skipped)}) };`,
    ),
  );
  write(
    "scan.js",
    'export default { name: "x", where: "deployer", needs: [], gives: {}, run: async () => {} };',
  );
  const text = minimal.replace("installer.js }", "installer.js, with: { list: [a, b] } }") + more;
  const file = write("hawser.yaml", text);
  const engine = await createEngine(await readConfigFile(file), {
    file,
    baseDirectory: directory,
    cacheDirectory: join(directory, "cache"),
  });
  return await engine.steps(environment === undefined ? {} : { environment });
};

it("shows every step with who put it there, and what was skipped with what skipped it, and asks nobody", async () => {
  const { steps, environment } = await report(
    "steps:\n  scan: { after: prepare, use: ./scan.js }\nenvironments:\n  live:\n    steps:\n      prune: null\n",
    "live",
  );
  expect(environment).toBe("live");
  expect(steps.map(({ name }) => name)).toEqual(
    "resolve fetch prepare scan pack survey store stage install once.before drain activate check join publish once.after prune".split(
      " ",
    ),
  );
  expect(steps[0]).toEqual({
    name: "resolve",
    where: "deployer",
    needs: [],
    gives: ["revision"],
    origin: "built-in",
  });
  expect(steps[3]).toMatchObject({ name: "scan", origin: "steps.scan", place: "hawser.yaml:8" });
  expect(steps.at(-1)).toMatchObject({
    name: "prune",
    origin: "built-in",
    skipped: { origin: "steps.prune", place: "hawser.yaml:12 (environments.live)" },
  });
});

it("shows every command by its phase, as whom it runs and who put it there", async () => {
  const { commands, check } = await report("");
  const place = "hawser.yaml:5";
  expect(commands).toEqual([
    { phase: "prepare", name: "build", run: "make", timeoutMs: 1, origin: "installer.with.list.1", place },
    {
      phase: "install",
      name: "warm",
      run: "warm",
      timeoutMs: 2,
      roles: ["web"],
      user: "shop",
      origin: "own-installer",
    },
    {
      phase: "install",
      name: "file",
      run: "write",
      timeoutMs: 3,
      user: null,
      mayFail: true,
      origin: "own-installer",
    },
    {
      phase: "install",
      name: "assets",
      origin: "own",
      skipped: { origin: "installer.with.list.0", place },
    },
  ]);
  expect(check).toEqual({ command: "true", timeoutMs: 4, stableMs: 0, origin: "own-installer" });
});
