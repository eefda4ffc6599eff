import { chmodSync, copyFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  operationContext,
  readTree,
  type SftpServer,
  startSftpServer,
  temporaryDirectory,
  testDirectory,
} from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeSource, optionsFor } from "./place.ts";

interface Entry {
  readonly name: string | Buffer;
  readonly mode: number;
  readonly size?: number;
  readonly bytes?: string;
  readonly target?: string | Buffer;
  /** Without size, mode and time. */
  readonly bare?: boolean;
}

/** What the server says beside honest answers: see the fixture. */
interface Scenario {
  readonly lists: Readonly<Record<string, readonly Entry[]>>;
  /** By the number of a request's type. */
  readonly answers?: Readonly<Record<number, "ok" | "data" | "garbage" | "end">>;
  readonly endless?: boolean;
  /** The most bytes of one answer. */
  readonly most?: number;
  readonly tooMuch?: boolean;
  readonly gather?: number;
}

const folder = temporaryDirectory();
const scenarioFile = join(folder, "scenario.json");
let server: SftpServer;

beforeAll(async () => {
  chmodSync(folder, 0o755);
  const program = join(folder, "scripted-sftp.mjs");
  copyFileSync(join(import.meta.dirname, "fixtures/scripted-sftp.mjs"), program);
  const command = `ForceCommand ${process.execPath} ${program} ${scenarioFile}`;
  server = await startSftpServer({ sshd: [command, "ChrootDirectory none"] });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const base64 = (value: string | Buffer): string => Buffer.from(value).toString("base64");

const play = (scenario: Scenario): void => {
  const lists = Object.entries(scenario.lists).map(([path, entries]) => [
    path,
    entries.map((entry) => ({
      ...entry,
      name: base64(entry.name),
      size: entry.size ?? entry.bytes?.length ?? 0,
      ...(entry.bytes !== undefined && { bytes: base64(entry.bytes) }),
      ...(entry.target !== undefined && { target: base64(entry.target) }),
    })),
  ]);
  writeFileSync(scenarioFile, JSON.stringify({ ...scenario, lists: Object.fromEntries(lists) }));
};

const file = (name: string | Buffer, bytes = "x"): Entry => ({ name, mode: 0o100644, bytes });
const link = (name: string, target: string | Buffer): Entry => ({ name, mode: 0o120777, target });
const directory = (name: string): Entry => ({ name, mode: 0o040755 });

/** Fetches what the server tells of into a folder with a neighbour; gives the tree, and what is beside it. */
const receive = async (): Promise<{ tree: Record<string, string>; beside: readonly string[] }> => {
  const parent = testDirectory();
  const tree = join(parent, "tree");
  await mkdir(tree);
  const source = await makeSource(optionsFor(server, { path: "/root" }));
  try {
    const revision = await source.resolve({}, operationContext());
    await source.fetch?.({ revision, directory: tree }, operationContext());
    return { tree: await readTree(tree), beside: await readdir(parent) };
  } catch (error) {
    expect(await readdir(tree)).toEqual([]);
    expect(await readdir(parent)).toEqual(["tree"]);
    throw error;
  }
};

test("an honest scenario arrives whole, also from a server that gives little at a time", async () => {
  const bytes = "0123456789".repeat(20_000);
  play({
    lists: {
      "/root": [directory("d"), file("a", bytes), file("empty", "")],
      "/root/d": [link("up", "../a")],
    },
    most: 1000,
  });
  expect((await receive()).tree).toEqual({ a: bytes, empty: "", "d/up": "-> ../a" });
});

describe("names", () => {
  test.each([
    ["../escape"],
    ["a/b"],
    ["/etc/cron.d/x"],
    [""],
    ["a\nb"],
    ["a\0b"],
    ["\u001b[2J"],
    [Buffer.from([0x66, 0xff, 0xfe])],
    ["n".repeat(256)],
  ])("%j is refused and nothing is written", async (name) => {
    play({ lists: { "/root": [file("before"), file(name)] } });
    await expect(receive()).rejects.toMatchObject({ code: "HWS_SFTP_NAME" });
  });

  test("one that is there twice, as a link and as a directory, is refused", async () => {
    play({ lists: { "/root": [link("d", "x"), directory("d")], "/root/d": [file("f")] } });
    await expect(receive()).rejects.toMatchObject({ code: "HWS_SFTP_NAME" });
  });

  test("those of version control and of Hawser are left out", async () => {
    play({
      lists: { "/root": [directory(".git"), file("a"), file(".hawser")], "/root/.git": [file("config")] },
    });
    expect((await receive()).tree).toEqual({ a: "x" });
  });
});

describe("links that lead out", () => {
  test.each([
    ["to an absolute path", [link("l", "/etc/passwd")]],
    ["upwards", [link("l", "../x")]],
    ["through another link", [link("a", "b"), link("b", "..")]],
    ["by a target that no terminal should see", [link("l", "x\u001b[2Jy")]],
    ["by a target that is not UTF-8", [link("l", Buffer.from([0x61, 0xff]))]],
  ])("%s are refused and nothing is written", async (_how, links) => {
    play({ lists: { "/root": [file("before"), ...links] } });
    await expect(receive()).rejects.toMatchObject({ code: "HWS_SFTP_LINK" });
  });
});

test.each([
  ["a pipe", 0o010644],
  ["a socket", 0o140644],
  ["a device", 0o060644],
  ["a type that does not exist", 0o050644],
])("%s is refused by name", async (_what, mode) => {
  play({ lists: { "/root": [{ name: "odd", mode }] } });
  await expect(receive()).rejects.toMatchObject({
    code: "HWS_SFTP_SPECIAL",
    message: expect.stringContaining("odd"),
  });
});

describe("lengths", () => {
  test("a file that is shorter than the server says is a moved source", async () => {
    play({ lists: { "/root": [{ ...file("f", "0123456789"), size: 1000 }] } });
    await expect(receive()).rejects.toMatchObject({ code: "HWS_SOURCE_MOVED" });
  });

  test("a file that is longer than the server says is a moved source", async () => {
    play({ lists: { "/root": [{ ...file("f", "0123456789"), size: 4 }] } });
    await expect(receive()).rejects.toMatchObject({ code: "HWS_SOURCE_MOVED" });
  });

  test("a size that no file has is refused", async () => {
    play({ lists: { "/root": [{ ...file("f"), size: 2 ** 60 }] } });
    await expect(receive()).rejects.toMatchObject({ code: "HWS_SSH_SFTP_ANSWER" });
  });
});

describe("answers that the protocol does not allow are an error and end nothing but the fetch", () => {
  const lists = { "/root": [file("f"), link("l", "f")] };
  test.each([
    ["a list without names", { lists: { "/root": [] }, endless: true }],
    ["names without attributes", { lists: { "/root": [{ ...file("f"), bare: true }] } }],
    ["success where names are due", { lists, answers: { 12: "ok" } }],
    ["bytes where names are due", { lists, answers: { 12: "data" } }],
    ["success where a handle is due", { lists, answers: { 3: "ok" } }],
    ["success where bytes are due", { lists, answers: { 5: "ok" } }],
    ["more bytes than were asked for", { lists, tooMuch: true }],
    ["success where a target is due", { lists, answers: { 19: "ok" } }],
    ["success where attributes are due", { lists, answers: { 7: "ok" } }],
    ["no packet at all", { lists, answers: { 12: "garbage" } }],
    ["the end of the session", { lists, answers: { 5: "end" } }],
  ] as const)("%s", async (_what, scenario) => {
    play(scenario as Scenario);
    await expect(receive()).rejects.toMatchObject({
      code: expect.stringMatching(/^HWS_(SSH_SFTP_ANSWER|TRANSPORT_LOST|SOURCE_MOVED)$/),
    });
  });
});

test("the opening of many files is asked for before the first is answered", async () => {
  // The server answers nobody until 32 wait: one connection alone must have as many in flight.
  play({ lists: { "/root": Array.from({ length: 64 }, (_, index) => file(`f${index}`)) }, gather: 32 });
  expect(Object.keys((await receive()).tree)).toHaveLength(64);
});
