import { appendFileSync, mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { operationContext, pluginContext, testDirectory } from "@hawser/testkit";
import { describe, expect, it } from "vitest";
import staticInventory, { type StaticInventoryOptions } from "../src/index.ts";

const list = async (options: StaticInventoryOptions) =>
  (await staticInventory.create(options, pluginContext())).list(operationContext());

const refused = (options: StaticInventoryOptions) =>
  list(options).then(
    () => "accepted",
    (error: { code?: string }) => error.code,
  );

/** A file that was last written long ago. */
const resting = (text: string): string => {
  const file = join(testDirectory(), "instances.yaml");
  writeFileSync(file, text);
  utimesSync(file, 1_000_000_000, 1_000_000_000);
  return file;
};

describe("instances in the options", () => {
  it("are named by their addresses, made to fit the grammar of ids", async () => {
    const instances = await list({ instances: ["web1.dc", "10.0.0.2", "2001:db8::1", "::1"] });
    expect(instances.map(({ id, address }) => [id, address])).toEqual([
      ["web1.dc", "web1.dc"],
      ["10.0.0.2", "10.0.0.2"],
      ["2001-db8--1", "2001:db8::1"],
      ["ip---1", "::1"],
    ]);
    expect(instances[0]).toEqual({
      id: "web1.dc",
      address: "web1.dc",
      roles: ["web"],
      lifecycle: "inService",
    });
  });

  it("keep what they were given", async () => {
    const given = {
      id: "w1",
      address: "10.0.0.1",
      port: 2222,
      root: "/srv/w1",
      roles: ["worker", "cron"],
      hostKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA=="],
    };
    expect(await list({ instances: [given] })).toEqual([{ ...given, lifecycle: "inService" }]);
  });

  it("may be folders of one machine, with an id and a root", async () => {
    expect(await list({ instances: [{ id: "one", root: "/srv/one" }] })).toMatchObject([
      { id: "one", root: "/srv/one" },
    ]);
  });

  it.each([
    { address: "-oProxyCommand=id" },
    { address: "a b" },
    { address: "a;id" },
    { address: "web1/../x" },
    { address: "user@web1" },
    { address: "" },
    { id: "../x", address: "web1" },
    { id: "-x", address: "web1" },
    { root: "relative", address: "web1" },
    { root: "/srv/../etc", address: "web1" },
    { root: "/srv/a b", address: "web1" },
    { port: 0, address: "web1" },
    { roles: ["Web Server"], address: "web1" },
    { hostKeys: ["ssh-ed25519 AAAA\nother"], address: "web1" },
  ])("are refused outside their grammars: %j", async (entry) => {
    expect(await refused({ instances: [entry] })).toBe("HWS_INVENTORY_INVALID");
  });

  it("must be there, once each, from one place", async () => {
    expect(await refused({ instances: [] })).toBe("HWS_INVENTORY_EMPTY");
    expect(await refused({ instances: ["a", { id: "a", address: "b" }] })).toBe("HWS_INVENTORY_DUPLICATE");
    expect(await refused({})).toBe("HWS_INVENTORY_OPTIONS");
    expect(await refused({ instances: ["a"], file: "/x" })).toBe("HWS_INVENTORY_OPTIONS");
  });
});

describe("instances in a file", () => {
  it("are read at each look, in YAML or JSON", async () => {
    const file = resting("- web1\n");
    const inventory = await staticInventory.create({ file }, pluginContext());
    const ids = async () => (await inventory.list(operationContext())).map(({ id }) => id);
    expect(await ids()).toEqual(["web1"]);
    writeFileSync(file, '["web1", {"id": "web2"}]');
    expect(await ids()).toEqual(["web1", "web2"]);
  });

  it.each([
    ["", "HWS_INVENTORY_EMPTY"],
    ["# nothing\n", "HWS_INVENTORY_EMPTY"],
    ["web1: x\n", "HWS_INVENTORY_INVALID"],
    ["- web1\n- web1\n", "HWS_INVENTORY_DUPLICATE"],
    ["- web1\n- we", "HWS_INVENTORY_CHANGING"],
    ["- web1\n- [unclosed\n", "HWS_INVENTORY_INVALID"],
    ["- { id: a, id: b }\n", "HWS_INVENTORY_INVALID"],
    ["- { address: web1, adress: web2 }\n", "HWS_INVENTORY_INVALID"],
    ["- 7\n", "HWS_INVENTORY_INVALID"],
  ])("are refused when the text is %j", async (text, code) => {
    expect(await refused({ file: resting(text) })).toBe(code);
  });

  it("are waited for while the file is being written", async () => {
    const file = resting("- web1\n");
    writeFileSync(file, "- web1\n");
    const listed = list({ file });
    appendFileSync(file, "- web2\n");
    expect((await listed.catch(() => list({ file }))).map(({ id }) => id)).toEqual(["web1", "web2"]);
  });

  it("are an error for a file that does not rest", async () => {
    const file = resting("- web1\n");
    const write = () => writeFileSync(file, "- web1\n");
    write();
    const writing = setInterval(write, 20);
    try {
      expect(await refused({ file })).toBe("HWS_INVENTORY_CHANGING");
    } finally {
      clearInterval(writing);
    }
  });

  it("are an error when the file is missing or is none", async () => {
    const directory = testDirectory();
    expect(await refused({ file: join(directory, "none.yaml") })).toBe("HWS_INVENTORY_UNREADABLE");
    mkdirSync(join(directory, "folder"));
    expect(await refused({ file: join(directory, "folder") })).toBe("HWS_INVENTORY_UNREADABLE");
    rmSync(directory, { recursive: true });
  });
});
