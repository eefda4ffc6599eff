import type { InstallPlan } from "@hawser/core/plugin";
import { describeInstaller, pluginContext } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import { type CommandChange, defineRecipe, type RecipeOptions } from "../src/index.ts";
import { type KettleOptions, kettle } from "./kettle.ts";

type Options = RecipeOptions<KettleOptions>;
type Commands = Readonly<Record<string, false | string | CommandChange>>;

const create = async (options: Partial<Options> = {}) =>
  await kettle.create({ water: "cold", secrets: { SUGAR: "sweet" }, ...options }, pluginContext());
const plan = async (options: Partial<Options> = {}): Promise<InstallPlan> =>
  (await create(options)).plan({ roles: ["web"] });
const bent = (commands: Commands) => plan({ commands });
const names = (commands: readonly { readonly name: string }[]) => commands.map(({ name }) => name);
const refusal = async (commands: Commands) =>
  await bent(commands).then(
    () => undefined,
    (error: unknown) => error,
  );

describeInstaller("a recipe that a config bends", {
  create: async () => ({
    installer: await create({
      files: [{ path: ".env", variables: ["SUGAR"] }],
      shared: [{ path: "milk", owner: "cook", mode: "2775", adopt: true }],
      writable: [{ path: "spoons", group: "cooks" }],
      commands: {
        plug: false,
        boil: { user: "cook", mayFail: true },
        stir: { phase: "activate", after: "boil", run: 'stir "$HAWSER_SECRET_SUGAR"' },
      },
    }),
    secretValues: ["sweet"],
  }),
});

describe("a command of a recipe", () => {
  it("comes as the recipe makes it, and says so", async () => {
    const { install, once } = await plan();
    expect(install[0]).toEqual({
      name: "fill",
      run: "fill cold",
      roles: ["web"],
      env: { WATER: "cold", LID: "open" },
      timeoutMs: 600_000,
      origin: "kettle",
    });
    expect(once.before[0]).toMatchObject({ compatible: false, needed: "guests --any", origin: "kettle" });
  });

  it("is skipped by false, and the installer tells of it", async () => {
    const installer = await create({ commands: { fill: false } });
    expect(names(installer.plan({ roles: [] }).install)).toEqual(["plug"]);
    expect(installer.skipped?.()).toEqual([
      { phase: "install", name: "fill", origin: "kettle", by: "installer.with.commands.fill" },
    ]);
  });

  it("has another text, by a text", async () => {
    const { install } = await bent({ fill: "fill half" });
    expect(install[0]).toMatchObject({
      run: "fill half",
      roles: ["web"],
      origin: "kettle, changed by installer.with.commands.fill",
    });
  });

  it("keeps what a map leaves out, and variables that it does not name", async () => {
    const { install } = await bent({ fill: { user: "cook", timeoutMs: 5, env: { LID: "shut" } } });
    expect(install[0]).toMatchObject({
      name: "fill",
      run: "fill cold",
      roles: ["web"],
      user: "cook",
      timeoutMs: 5,
      env: { WATER: "cold", LID: "shut" },
    });
  });

  it("moves within its phase, or into another", async () => {
    expect(names((await bent({ plug: { before: "fill" } })).install)).toEqual(["plug", "fill"]);
    const moved = await bent({ plug: { phase: "activate", before: "boil" } });
    expect([names(moved.install), names(moved.activate)]).toEqual([["fill"], ["plug", "boil"]]);
  });

  it("is added at the end of its phase, or beside another", async () => {
    const run = "x";
    const { install, maintenance, leave } = await bent({
      last: { phase: "install", run },
      second: { phase: "install", run, after: "fill" },
      first: { phase: "install", run, before: "fill" },
      sign: { phase: "maintenance.on", run },
      unplug: { phase: "leave", run, mayFail: true },
    });
    expect(names(install)).toEqual(["first", "fill", "second", "plug", "last"]);
    expect(names(maintenance.on)).toEqual(["sign"]);
    expect(leave).toEqual([
      {
        name: "unplug",
        run: "x",
        mayFail: true,
        timeoutMs: 600_000,
        origin: "installer.with.commands.unplug",
      },
    ]);
  });

  it("stands beside a new one or a skipped one, in whatever order they are named", async () => {
    const run = "x";
    const { install } = await bent({
      three: { phase: "install", run, after: "two" },
      two: { phase: "install", run, after: "plug" },
      plug: false,
    });
    expect(names(install)).toEqual(["fill", "two", "three"]);
  });

  it("may be the one that writes a file", async () => {
    const { install } = await plan({
      files: [{ path: ".env", variables: ["SUGAR"] }],
      commands: {
        "file-.env": { roles: ["web"] },
        taste: { phase: "install", after: "file-.env", run: "x" },
      },
    });
    expect(install.map(({ name, roles, origin }) => [name, roles, origin]).slice(0, 2)).toEqual([
      ["file-.env", ["web"], "installer.with.files.0, changed by installer.with.commands.file-.env"],
      ["taste", undefined, "installer.with.commands.taste"],
    ]);
  });
});

describe("a change that cannot be meant so", () => {
  it.each<[string, Commands, string, string]>([
    ["a mistyped key", { fil: "x" }, "lacks `phase`", "did you mean fill?"],
    ["a mistyped key that skips", { boill: false }, "boill is no command", "did you mean boil?"],
    [
      "a new key without a phase",
      { whistle: { run: "x" } },
      "lacks `phase`",
      "the recipe's commands: descale, fill, plug, call-guests, boil; a new one has `run` and `phase`",
    ],
    ["a new key without a text", { whistle: { phase: "activate" } }, "lacks `run`", "the recipe's commands"],
    [
      "an anchor that is none",
      { whistle: { phase: "activate", run: "x", after: "boyl" } },
      "stands after boyl, and there is no such command",
      "did you mean boil?",
    ],
    [
      "an anchor of another phase",
      { whistle: { phase: "activate", run: "x", before: "fill" } },
      "is of activate and stands before fill, which is of install",
      "of its own phase",
    ],
    [
      "two anchors",
      { whistle: { phase: "install", run: "x", before: "fill", after: "fill" } },
      "has both `before` and `after`",
      "name one command",
    ],
    [
      "anchors in a circle",
      {
        one: { phase: "install", run: "x", after: "two" },
        two: { phase: "install", run: "x", after: "one" },
      },
      "stands after two",
      "name one command",
    ],
    [
      "a member of once commands elsewhere",
      { boil: { compatible: false } },
      "boil of activate has `compatible`, which means nothing there",
      "only commands of once.before and once.after have `compatible`",
    ],
    [
      "maintenance after the switch",
      { clean: { phase: "once.after", run: "x", maintenance: true } },
      "has `maintenance`",
      "only commands of once.before have `maintenance`",
    ],
  ])("%s is refused, and says what is", async (_, commands, message, hint) => {
    expect(await refusal(commands)).toMatchObject({
      code: expect.stringMatching(/^HWS_INSTALLER_/),
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  it("is told with every other, offline, each at its place in the options", () => {
    const problems = kettle.problems?.({ water: "cold", commands: { fil: "x", boill: false } }) ?? [];
    expect(problems.map(({ details }) => details.path)).toEqual([
      ["commands", "fil"],
      ["commands", "boill"],
    ]);
  });
});

describe("the options that all recipes have", () => {
  it("are added to those of the recipe, and win where both speak of the same", async () => {
    const made = await plan({
      shared: [{ path: "tea/", owner: "cook" }, "milk"],
      writable: ["spoons"],
      generated: ["steam", "foam"],
      env: { BREW: "fast", HEAT: "high" },
      check: { http: "http://127.0.0.1/", release: true },
      user: "cook",
      secrets: { SUGAR: "sweet", HONEY: "sweeter" },
    });
    expect(made).toMatchObject({
      shared: ["tea/", "milk"],
      writable: ["steam", "cups", "spoons"],
      generated: ["steam", "foam"],
      ownership: [{ path: "tea/", owner: "cook" }],
      env: { BREW: "fast", HEAT: "high" },
      check: { http: "http://127.0.0.1/", release: true, timeoutMs: 60_000, stableMs: 0 },
      secrets: ["HONEY", "SUGAR"],
      user: "cook",
    });
    expect(made.activate[0]).toMatchObject({ user: "cook" });
    expect(made.install[1]).toMatchObject({ name: "plug", user: null });
  });

  it("may give each release a file of its own where the recipe shares the path", async () => {
    const made = await plan({ files: [{ path: "tea", secret: "LEAVES" }], secrets: { LEAVES: "green" } });
    expect(made.shared).not.toContain("tea/");
    expect(made.install.map(({ name }) => name)).toContain("file-tea");
  });

  it("may say of a path that the recipe writes to that it is shared, and the other way round", async () => {
    const made = await plan({ shared: ["cups"], writable: ["tea"] });
    expect([made.shared, made.writable]).toEqual([["cups"], ["steam", "tea"]]);
  });

  it("name secrets, which new instances need too", () => {
    expect(kettle.secretNames?.({ water: "cold", secrets: ["HONEY"] })).toEqual(["HONEY", "SUGAR"]);
  });
});

describe("a recipe itself", () => {
  const make = (made: object) =>
    defineRecipe<object>({ name: "odd", properties: {}, make: () => made }).create({}, pluginContext());

  it("is refused when a command has no key, or two have the same, in whatever phases", async () => {
    for (const made of [
      { install: ["x"] },
      { activate: [{ run: "x" }] },
      { install: [{ name: "a", run: "x" }], leave: [{ name: "a", run: "y" }] },
    ])
      expect(() => make(made)).toThrow(expect.objectContaining({ code: "HWS_INSTALLER_RECIPE_INVALID" }));
  });

  it("is refused when it has an option of the name of a common one", () => {
    expect(() => defineRecipe({ name: "odd", properties: { files: {} }, make: () => ({}) })).toThrow(
      expect.objectContaining({ code: "HWS_INSTALLER_RECIPE_INVALID" }),
    );
  });
});
