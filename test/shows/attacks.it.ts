import { readFileSync, writeFileSync } from "node:fs";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { startHttpFileServer, startMinio } from "@hawser/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { Manifest } from "../../packages/core/src/artifact/manifest.ts";
import { parseRecord } from "../../packages/core/src/artifact/release-record.ts";
import { Secret } from "../../packages/core/src/contracts/secret.ts";
import { unsignedPart } from "../../packages/core/src/signing/section.ts";
import { Trust } from "../../packages/core/src/signing/trust.ts";
import { Fields } from "../../packages/core/src/state/fields.ts";
import { context } from "../../packages/core/test/host/shells.ts";
import { makeKey, principal, signRaw } from "../../packages/core/test/signing/keys.ts";
import { application, environment, SignedStorage } from "./signed-storage.ts";

// Each title has the number of the attack and its input; what each must not do is change anything on the instance.
let world: SignedStorage;
let before: string;
const kept = new Map<string, Buffer>();
beforeAll(async () => {
  world = await SignedStorage.open();
});
afterAll(async () => await world?.[Symbol.asyncDispose]());
beforeEach(() => {
  before = world.standing();
});
afterEach(() => {
  expect(world.standing()).toBe(before);
  for (const [file, bytes] of kept) writeFileSync(file, bytes);
  kept.clear();
});

const stored = (key: string): Buffer => readFileSync(world.file(key));

/** A thief who writes to storage; what he wrote is taken back after the test. */
const write = (key: string, bytes: Buffer): void => {
  if (!kept.has(world.file(key))) kept.set(world.file(key), stored(key));
  writeFileSync(world.file(key), bytes);
};

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => "accepted",
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

const owner = { epoch: 1, application, environment };
const tell = async (bytes: Buffer): Promise<string> =>
  await codeOf(world.live.host.desired({ epoch: 1, bytes }, context()));

/** The stage of the second release with some parts in place of its own. */
const stage = async (parts: {
  record?: Buffer;
  manifest?: Buffer;
  archive?: Buffer;
  url?: string;
}): Promise<string> => {
  const { keys, record } = world.second;
  const { sizeBytes, sha256 } = await world.readForm(keys.form);
  const archive = parts.archive ?? stored(keys.archive);
  const from = { url: new Secret(parts.url ?? ""), limitMs: 10_000 };
  return await codeOf(
    world.live.host.stage(
      {
        ...owner,
        release: record.id,
        method: "full",
        record: parts.record ?? stored(keys.record),
        manifest: { form: "full", gzip: gzipSync(parts.manifest ?? stored(keys.manifest)) },
        archive:
          parts.url === undefined
            ? { form: "tar.gz", sizeBytes: archive.length, open: () => streamOf(archive) }
            : { form: "tar.gz", sizeBytes, sha256, from },
      },
      context(),
    ),
  );
};

const streamOf = (bytes: Buffer) => Readable.from([bytes]);

const desiredText = (changes: Readonly<Record<string, string>>): string =>
  unsignedPart(stored(world.desiredKey))
    .toString("latin1")
    .split("\n")
    .map((line) => {
      const [name = ""] = line.split(": ");
      return name in changes ? `${name}: ${changes[name]}` : line;
    })
    .join("\n");

const desiredSigned = (
  changes: Readonly<Record<string, string>>,
  namespace = "hawser-desired@v1",
  key = world.key,
) => signRaw(key, Buffer.from(desiredText(changes), "latin1"), namespace);

it("41: one bit flipped in the archive is found by deployer and instance", async () => {
  const { archive } = world.second.keys;
  const bytes = Buffer.from(stored(archive));
  bytes[bytes.length >> 1]! ^= 1;
  write(archive, bytes);
  expect(await codeOf(world.read(world.second))).toBe("HWS_STATE_ARTIFACT_DIFFERS");
  expect(await stage({ archive: bytes })).toMatch(/^HWS_HOST_(DIGEST|FILE)$/);
});

it("42: the archive, or the signed record of its form, swapped for that of another validly signed release", async () => {
  const [first, second] = [world.first.keys, world.second.keys];
  write(second.archive, stored(first.archive));
  expect(await codeOf(world.read(world.second))).toBe("HWS_STATE_ARTIFACT_DIFFERS");
  expect(await stage({ archive: stored(first.archive) })).toBe("HWS_HOST_DIGEST");
  write(second.form, stored(first.form));
  expect(await codeOf(world.read(world.second))).toBe("HWS_STATE_CORRUPT");
});

it("43: an old desired state with the signature that it had", async () => {
  const versions = [desiredSigned({ version: "0" }), desiredSigned({ version: "1" })];
  expect(await tell(versions[0]!)).toBe("HWS_HOST_ROLLED_BACK");
  // A second state of the version that was accepted, even by who holds the key.
  expect(await tell(versions[1]!)).toBe("HWS_HOST_EQUIVOCATION");
});

it("45: the newest state withheld leaves the fleet where it is, and nothing older is ever taken for new", async () => {
  const frozen = desiredSigned({ version: "0" });
  for (let look = 0; look < 3; look++) expect(await tell(frozen)).toBe("HWS_HOST_ROLLED_BACK");
});

it("45: the newest state withheld until the one that is served counts no more: no new machine activates it", async () => {
  const [expires, until] = [1_700_086_400, "2023-11-15T22:13:20Z"];
  const state = `${desiredText({ version: "2", updated: "1700000000" })}expires: ${expires}\n`;
  write(world.desiredKey, signRaw(world.key, state, "hawser-desired@v1"));
  const end = await world.newcomer();
  expect(end.status).toBe(75);
  expect(end.log).toMatch(new RegExp(`counted until ${until}.*hawser sign.*HWS_HOST_EXPIRED`));
  expect(end.current).toBeUndefined();
  // Without the line, or with a later one, the signature does not hold.
  const frozen = signRaw(world.key, state, "hawser-desired@v1").toString("latin1");
  for (const line of ["", "expires: 9999999999\n"]) {
    write(world.desiredKey, Buffer.from(frozen.replace(`expires: ${expires}\n`, line), "latin1"));
    const forged = await world.newcomer();
    expect(forged).toMatchObject({ status: 65, current: undefined });
    expect(forged.log).toContain("HWS_HOST_SIGNATURE");
  }
});

it("46: a version of 2^53-1, and one that leaps 1001 ahead, by a thief with the key", async () => {
  for (const version of ["9007199254740991", "1002"])
    expect(await tell(desiredSigned({ version }))).toBe("HWS_HOST_LEAP");
});

it("47: the record of one release with manifest or archive of another", async () => {
  const { first } = world;
  expect(await stage({ manifest: stored(first.keys.manifest) })).toBe("HWS_HOST_DIGEST");
  expect(await stage({ record: stored(first.keys.record) })).toBe("HWS_HOST_REQUEST");
  expect(await stage({ manifest: stored(first.keys.manifest), archive: stored(first.keys.archive) })).toBe(
    "HWS_HOST_DIGEST",
  );
});

it.each(["file", "git", "hawser-manifest@v1", "hawser-release@v1"])(
  "48: a signature by the right key for the purpose %s",
  async (namespace) => {
    expect(await tell(desiredSigned({}, namespace))).toBe("HWS_HOST_SIGNATURE");
    expect(() => world.signatures.open(desiredSigned({}, namespace), "hawser-desired@v1", "it")).toThrow(
      expect.objectContaining({ code: "HWS_SIGNATURE_WRONG" }),
    );
  },
);

it("49: a signature by an unknown key, empty, cut, missing", async () => {
  const good = desiredSigned({});
  const at = good.indexOf("-----BEGIN");
  const empty = "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n";
  for (const bytes of [
    desiredSigned({}, "hawser-desired@v1", makeKey()),
    Buffer.concat([good.subarray(0, at), Buffer.from(empty)]),
    good.subarray(0, at + 200),
    good.subarray(0, at),
  ])
    expect(await tell(bytes)).toBe("HWS_HOST_SIGNATURE");
});

it("49: a revoked key, another principal, a file of signers that is gone", async () => {
  const good = readFileSync(world.file(world.desiredKey));
  const { signers } = world.signatures.trust;
  const lay = async (trust: Pick<Trust, "signers" | "principal" | "revoked">) =>
    await world.live.host.trust({ ...owner, trust }, context());
  const trusted = `${world.root}/.hawser/trusted`;
  const accepted = readFileSync(trusted);
  const other = makeKey();
  try {
    await lay({ signers: signers + other.line, principal, revoked: `${world.key.publicKey}\n` });
    expect(await tell(good)).toBe("HWS_HOST_SIGNATURE");
    await lay({ signers: `ops ${other.publicKey}\n${signers}`, principal: "ops", revoked: "" });
    expect(await tell(good)).toBe("HWS_HOST_SIGNATURE");
    writeFileSync(`${world.root}/.hawser/trust/signers`, "");
    expect(await tell(good)).toBe("HWS_HOST_SIGNATURE");
  } finally {
    await lay(world.signatures.trust);
    writeFileSync(trusted, accepted);
  }
});

it("50: a garbage line in front of the allowed signers is refused by deployer and instance", async () => {
  const signers = `garbage\n${world.key.line}`;
  expect(() => new Trust({ signers, principal })).toThrow(
    expect.objectContaining({ code: "HWS_SIGNING_SIGNERS" }),
  );
  const laid = world.live.host.trust({ ...owner, trust: { signers, principal, revoked: "" } }, context());
  expect(await codeOf(laid)).toBe("HWS_HOST_REQUEST");
});

it("51: manifests with a name twice, a NUL, a BOM, a number like 1e999, a name that leaves the tree", async () => {
  const good = stored(world.second.keys.manifest).toString("latin1");
  const [line = ""] = good.split("\n").filter((each) => each.startsWith("644"));
  const texts = {
    twice: `${good}${line}\n`,
    nul: good.replace("lib", "l\0b"),
    bom: `\u00ef\u00bb\u00bf${good}`,
    number: good.replace(/^644 \d+/m, "644 1e999"),
    outside: good.replace("index.html", "../x"),
    json: '{"files":[],"files":[],"__proto__":{"x":1}}\n',
  };
  for (const [name, text] of Object.entries(texts)) {
    const bytes = Buffer.from(text, "latin1");
    expect(() => Manifest.parse(bytes), name).toThrow(
      expect.objectContaining({ code: "HWS_ARTIFACT_MANIFEST_INVALID" }),
    );
    expect(await stage({ manifest: bytes }), name).toMatch(/^HWS_HOST_(DIGEST|FILE|REQUEST)$/);
  }
});

it("51: records with a header twice, of another layout, of 50 MB; documents with __proto__", async () => {
  const text = unsignedPart(stored(world.second.keys.record)).toString("latin1");
  for (const wrong of [`${text}release: 000003\n`, text.replace("hawser-release: 1", "hawser-release: 2")])
    expect(() => parseRecord(Buffer.from(wrong))).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^HWS_ARTIFACT_RECORD_/) }),
    );
  write(world.second.keys.record, Buffer.alloc(50 << 20, "a"));
  expect(await codeOf(world.releases.get("000002", context()))).toBe("HWS_STATE_CORRUPT");
  expect(await tell(Buffer.alloc(66_000, "a"))).toBe("HWS_HOST_DESIRED");
  const fields = Fields.parse(Buffer.from('{"layout":1,"env":{"__proto__":"x","a":"b"}}'), "it");
  expect(fields.textMap("env")).toEqual({ a: "b" });
  expect(({} as { x?: string }).x).toBeUndefined();
});

it("53: the desired state of another application, or environment, signed by the same key", async () => {
  for (const changes of [{ application: "blog" }, { environment: "staging" }] as const) {
    const bytes = desiredSigned({ ...changes, version: "2" });
    expect(await tell(bytes)).toBe("HWS_HOST_OWNER");
    write(world.desiredKey, bytes);
    expect(await codeOf(world.desired.read(context()))).toBe("HWS_STATE_CORRUPT");
  }
  const record = unsignedPart(stored(world.second.keys.record)).toString("latin1");
  const blog = record.replace("application: shop", "application: blog");
  expect(await stage({ record: signRaw(world.key, blog, "hawser-release@v1") })).toBe("HWS_HOST_OWNER");
});

it("54: storage that answers with a redirect to another bucket is not followed", async () => {
  await using other = await startHttpFileServer();
  writeFileSync(`${other.directory}/archive`, stored(world.second.keys.archive));
  await using redirecting = await startHttpFileServer({
    lines: [`location /moved { return 301 ${other.origin}/archive; }`],
  });
  expect(await stage({ url: `${redirecting.origin}/moved` })).toBe("HWS_HOST_FETCH");
  expect(other.requests()).toEqual([]);
});

it("66: an instance's credential may read its application, and neither write nor delete nor read another's", async () => {
  await using minio = await startMinio();
  const bucket = await minio.createBucket();
  const keys = [
    `shop/environments/production/desired`,
    "shop/releases/000001/record",
    "shop/environments/production/lock",
  ];
  for (const key of [...keys, "blog/top/desired"]) await minio.put(bucket, key, "as it was");
  const login = await minio.createUser([
    { Effect: "Allow", Action: ["s3:GetObject"], Resource: [`arn:aws:s3:::${bucket}/shop/*`] },
  ]);
  const { sendS3 } = await import("../../packages/testkit/src/servers/s3-request.ts");
  const ask = async (method: string, key: string, body = ""): Promise<number> =>
    (await sendS3({ port: minio.port, login }, { method, bucket, key, body })).status;
  for (const key of keys) {
    expect(await ask("GET", key), key).toBe(200);
    expect(await ask("PUT", key, "forged"), key).toBe(403);
    expect(await ask("DELETE", key), key).toBe(403);
    expect((await minio.call({ method: "GET", bucket, key })).body.toString()).toBe("as it was");
  }
  expect(await ask("PUT", "shop/releases/000002/record", "forged")).toBe(403);
  expect(await ask("GET", "blog/top/desired")).toBe(403);
});
