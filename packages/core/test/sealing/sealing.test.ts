import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { Secret } from "../../src/contracts/secret.ts";
import { checkRecipient, recipientsDigest } from "../../src/sealing/recipient.ts";
import { Sealing } from "../../src/sealing/sealing.ts";

const folder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), "hawser-sealing-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
};

interface Keys {
  readonly identity: string;
  readonly recipient: string;
}

/** Keys that age's own program made. */
const keys = (): Keys => {
  const identity = execFileSync("age-keygen", { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const recipient = execFileSync("age-keygen", ["-y"], { input: identity, encoding: "utf8" }).trim();
  return { identity, recipient };
};

const opener = (identity: string): Sealing => new Sealing({ recipients: [], identity: new Secret(identity) });

/** In chunks of this size, as a stream would bring them. */
const inChunks = (bytes: Buffer, size: number): AsyncIterable<Buffer> =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
      bytes.subarray(n * size, (n + 1) * size),
    ),
  );

const sealed = async (bytes: Buffer, recipients: readonly string[], size = 100_000): Promise<Buffer> =>
  await buffer(new Sealing({ recipients }).seal(inChunks(bytes, size)));

const opened = async (bytes: Buffer, identity: string, size = 100_000): Promise<Buffer> =>
  await buffer(opener(identity).open(inChunks(bytes, size), "the object"));

const byAge = async (bytes: Buffer, argv: readonly string[]): Promise<Buffer> =>
  execFileSync("age", argv, { input: bytes, maxBuffer: 1 << 28, stdio: ["pipe", "pipe", "pipe"] });

const text = (length: number): Buffer => Buffer.alloc(length, "some text of the application\n");

/** Around the borders of age's chunks of 64 KiB, where mistakes would be. */
const lengths = [0, 1, 65_535, 65_536, 65_537, 131_072, 131_073, 1_000_000];

test("what is sealed here age opens, with the identity of each recipient", async () => {
  const [one, two] = [keys(), keys()];
  const base = await folder();
  for (const { identity } of [one, two]) {
    writeFileSync(join(base, "identity"), identity);
    for (const length of lengths) {
      const bytes = await sealed(text(length), [one.recipient, two.recipient]);
      expect((await byAge(bytes, ["-d", "-i", join(base, "identity")])).equals(text(length))).toBe(true);
    }
  }
});

test("what age sealed is opened here, whatever the chunks in which it comes", async () => {
  const { identity, recipient } = keys();
  for (const length of lengths) {
    const bytes = await byAge(text(length), ["-r", keys().recipient, "-r", recipient]);
    for (const size of [1000, 65_552, 1 << 20]) {
      expect((await opened(bytes, identity, size)).equals(text(length))).toBe(true);
    }
  }
  expect((await opened(await byAge(text(100), ["-r", recipient]), identity, 1)).equals(text(100))).toBe(true);
});

test("an identity may hold several keys, so that what was sealed to an old one is opened too", async () => {
  const [old, young] = [keys(), keys()];
  const both = `${old.identity}\n# the new one\n${young.identity}`;
  for (const { recipient } of [old, young]) {
    expect((await opened(await sealed(text(10), [recipient]), both)).equals(text(10))).toBe(true);
  }
  const base = await folder();
  writeFileSync(join(base, "identity"), both);
  const byFile = new Sealing({ recipients: [], identity: join(base, "identity") });
  expect(
    (await buffer(byFile.open(inChunks(await sealed(text(10), [old.recipient]), 50), "it"))).length,
  ).toBe(10);
});

test("an identity of nobody it was sealed to opens nothing, and says so", async () => {
  const bytes = await sealed(text(1000), [keys().recipient]);
  await expect(opened(bytes, keys().identity)).rejects.toMatchObject({ code: "HWS_SEALING_STRANGER" });
});

test("without an identity nothing is opened, and the error says what that costs", async () => {
  const bytes = await sealed(text(1000), [keys().recipient]);
  const sealing = new Sealing({ recipients: [] });
  await expect(buffer(sealing.open(inChunks(bytes, 100), "the manifest"))).rejects.toMatchObject({
    code: "HWS_SEALING_NO_IDENTITY",
    message: expect.stringContaining("the manifest"),
    hint: expect.stringContaining("roll back"),
  });
});

test("a flipped bit anywhere is refused, and nothing of its chunk is given", async () => {
  const { identity, recipient } = keys();
  const plain = text(200_000);
  const bytes = await sealed(plain, [recipient]);
  for (let at = 0; at < bytes.length; at += at < 400 ? 1 : 4999) {
    const flipped = Buffer.from(bytes);
    flipped.writeUInt8(flipped.readUInt8(at) ^ 4, at);
    const given: Buffer[] = [];
    const read = async () => {
      for await (const chunk of opener(identity).open(inChunks(flipped, 70_000), "it")) given.push(chunk);
    };
    await expect(read(), `at ${at}`).rejects.toMatchObject({
      code: expect.stringMatching(/^HWS_SEALING_(DAMAGED|STRANGER)$/),
    });
    const got = Buffer.concat(given);
    expect(got.equals(plain.subarray(0, got.length))).toBe(true);
  }
});

test("a cut object is refused wherever it is cut, also between two chunks", async () => {
  const { identity, recipient } = keys();
  const bytes = await sealed(text(200_000), [recipient]);
  const payload = bytes.length - (200_000 + 4 * 16);
  for (const end of [
    0,
    10,
    payload - 20,
    payload - 1,
    payload,
    payload + 65_552,
    payload + 2 * 65_552,
    bytes.length - 1,
  ]) {
    await expect(opened(bytes.subarray(0, end), identity), `cut at ${end}`).rejects.toMatchObject({
      code: "HWS_SEALING_DAMAGED",
    });
  }
  await expect(opened(Buffer.concat([bytes, text(3)]), identity)).rejects.toMatchObject({
    code: "HWS_SEALING_DAMAGED",
  });
});

test("two sealings of the same bytes differ, and none holds them", async () => {
  const { recipient } = keys();
  const [one, two] = [await sealed(text(1000), [recipient]), await sealed(text(1000), [recipient])];
  expect(one.equals(two)).toBe(false);
  expect(one.includes("some text")).toBe(false);
});

test("what is much larger than memory allows passes through", async () => {
  const { identity, recipient } = keys();
  const chunk = Buffer.alloc(1 << 20, "x");
  async function* endless() {
    for (let n = 0; n < 64; n++) yield chunk;
  }
  const sealing = new Sealing({ recipients: [recipient], identity: new Secret(identity) });
  let most = 0;
  let length = 0;
  for await (const part of sealing.open(sealing.seal(endless()), "it")) {
    length += part.length;
    most = Math.max(most, part.length);
  }
  expect([length, most]).toEqual([64 << 20, 65_536]);
});

test("stopping early ends the input", async () => {
  const { identity, recipient } = keys();
  const input = Readable.from([await sealed(text(500_000), [recipient])]);
  for await (const _ of opener(identity).open(input, "it")) break;
  expect(input.destroyed).toBe(true);
});

test.each([
  ["", "no recipient"],
  ["age1", "58 letters"],
  ["ssh-ed25519 AAAA", "SSH"],
  ["age1pq1qqqqqq", "X25519"],
  [" age1mx4yckw2ypmg9javev5wexy58nvzk7wtjcm700pc6m0a2pqm5eqsdhjr59", "58 letters"],
  ["age1mx4yckw2ypmg9javev5wexy58nvzk7wtjcm700pc6m0a2pqm5eqsdhjr58", "checksum"],
])("%j is refused as a recipient", async (recipient, message) => {
  await expect(checkRecipient(recipient)).rejects.toMatchObject({
    code: "HWS_SEALING_RECIPIENT",
    message: expect.stringContaining(message),
  });
});

test("an identity given as a recipient is refused and not shown", async () => {
  const secret = keys()
    .identity.split("\n")
    .find((line) => line.startsWith("AGE-")) as string;
  await expect(checkRecipient(secret)).rejects.toMatchObject({
    message: expect.not.stringContaining(secret.slice(0, 30)),
    code: "HWS_SEALING_RECIPIENT",
  });
  await expect(checkRecipient(keys().recipient)).resolves.toBeUndefined();
});

test("an identity that cannot be used is told by its place and never by its text", async () => {
  const bytes = await sealed(text(10), [keys().recipient]);
  const good = keys()
    .identity.split("\n")
    .find((line) => line.startsWith("AGE-")) as string;
  for (const wrong of [
    good.slice(0, -1),
    `${good.slice(0, -1)}Q`,
    `x${good}`,
    "AGE-PLUGIN-YUBIKEY-1QQQ",
    "",
    "# no key\n",
  ]) {
    await expect(opened(bytes, wrong)).rejects.toMatchObject({
      code: "HWS_SEALING_IDENTITY",
      message: expect.not.stringContaining(good.slice(20, 40)),
    });
  }
  const missing = new Sealing({ recipients: [], identity: "/nowhere/identity" });
  await expect(buffer(missing.open(inChunks(bytes, 100), "it"))).rejects.toMatchObject({
    code: "HWS_SEALING_IDENTITY",
    message: "the identity of age in /nowhere/identity cannot be read (ENOENT)",
  });
});

test("a set of recipients has one name, whatever their order", () => {
  expect(recipientsDigest(["b", "a", "b"])).toBe(recipientsDigest(["a", "b"]));
  expect(recipientsDigest(["a"])).not.toBe(recipientsDigest(["a", "b"]));
});
