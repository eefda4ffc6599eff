import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { Secret } from "../../src/contracts/secret.ts";
import type { ArchiveForm, StageRequest } from "../../src/host/host-requests.ts";
import { withCurl } from "./curl.ts";
import { oddServer } from "./odd-server.ts";
import { application, environment, releaseOf, type TestRelease } from "./releases.ts";
import { context, type InstanceShell, liveHost, shells } from "./shells.ts";
import { folder, tree } from "./trees.ts";

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "it succeeded",
    (error: unknown) => error,
  );

const placeOf = (program: string): string =>
  execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();

/** A folder with nothing but these programs. */
const only = (...programs: readonly string[]): string => {
  const tools = folder();
  for (const program of programs) symlinkSync(placeOf(program), join(tools, program));
  return tools;
};

/** A pair of keys of age, made by its own program. */
const keys = (): { identity: string; recipient: string } => {
  const identity = execFileSync("age-keygen", { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return {
    identity,
    recipient: execFileSync("age-keygen", ["-y"], { input: identity, encoding: "utf8" }).trim(),
  };
};

const lay = (root: string, identity: string): void => {
  mkdirSync(join(root, ".hawser/secrets"), { recursive: true });
  writeFileSync(join(root, ".hawser/secrets/identity"), identity, { mode: 0o600 });
};

const compressed = (bytes: Buffer, form: ArchiveForm): Buffer => {
  if (form === "tar") return bytes;
  const [program, ...argv] = form.startsWith("tar.zst") ? ["zstd", "-qc"] : ["gzip", "-c"];
  return execFileSync(program as string, argv, { input: bytes, maxBuffer: 1 << 30 });
};

const sealed = (bytes: Buffer, recipients: readonly string[]): Buffer =>
  execFileSync("age", ["-e", ...recipients.flatMap((each) => ["-r", each])], {
    input: bytes,
    maxBuffer: 1 << 30,
  });

/** The release's archive in a form, made by the programs whose formats these are. */
const archive = (release: TestRelease, form: ArchiveForm, recipients: readonly string[] = []) => {
  const plain = compressed(readFileSync(release.packed.path), form);
  const bytes = form.endsWith(".age") ? sealed(plain, recipients) : plain;
  return { form, sizeBytes: bytes.length, bytes, open: () => Readable.from([bytes]) };
};

const several = () =>
  tree(Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`d${n % 4}/f${n}`, `${n} `.repeat(9000)])));

/** Busybox alone has neither zstd nor age. */
const equipped = ({ path }: InstanceShell): string => `${path}:${only("age", "zstd")}`;

/** Runs functions of the host program in a shell. */
const inHost = (path: string, root: string, script: string, input: Buffer | string = "") => {
  const sources = new URL("../../host/", import.meta.url).pathname;
  const text = ["00-shell.sh", "10-json.sh", "64-form.sh"].map((name) =>
    readFileSync(join(sources, name), "utf8"),
  );
  return spawnSync(join(path.split(":")[0] as string, "sh"), ["-c", `${text.join("\n")}\n${script}`], {
    env: { PATH: path, root },
    input,
    maxBuffer: 1 << 30,
  });
};

describe.each(shells)("forms of an artifact under $name", (shell) => {
  test.each(["tar", "tar.gz", "tar.zst", "tar.gz.age", "tar.zst.age"] as const)(
    "a release is staged whole from %s",
    async (form) => {
      const root = join(folder(), "srv");
      const { identity, recipient } = keys();
      lay(root, identity);
      await using live = await liveHost(root, { path: equipped(shell) });
      const one = await releaseOf(several(), "000001");
      const request = await one.full({ archive: archive(one, form, [keys().recipient, recipient]) });
      expect(await live.host.stage(request, context())).toMatchObject({ already: false, written: 40 });
      expect((await live.host.verify({ release: "000001" }, context())).differing).toEqual([]);
    },
  );

  test("a sealed archive that is flipped, cut or not sealed at all is refused and stages nothing", async () => {
    const root = join(folder(), "srv");
    const { identity, recipient } = keys();
    lay(root, identity);
    await using live = await liveHost(root, { path: equipped(shell) });
    const one = await releaseOf(several(), "000001");
    const good = archive(one, "tar.gz.age", [recipient]);
    const flipped = (at: number): Buffer => {
      const bytes = Buffer.from(good.bytes);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      return bytes;
    };
    const plain = archive(one, "tar.gz").bytes;
    const { length } = good.bytes;
    for (const bytes of [flipped(length - 30), flipped(300), good.bytes.subarray(0, length - 20), plain]) {
      const wrong = { form: good.form, sizeBytes: bytes.length, open: () => Readable.from([bytes]) };
      const request = await one.full({ archive: wrong });
      expect(await failure(live.host.stage(request, context()))).toMatchObject({ code: "HWS_HOST_DIGEST" });
    }
    expect(readdirSync(join(root, "releases"))).toEqual([]);
    expect(readdirSync(join(root, ".hawser/staging"))).toEqual([]);
    expect(await live.host.stage(await one.full({ archive: good }), context())).toMatchObject({
      written: 40,
    });
  });

  test("an instance opens a sealed archive and a sealed manifest that it gets as storage has them", async () => {
    const root = join(folder(), "srv");
    const { identity, recipient } = keys();
    lay(root, identity);
    const one = await releaseOf(several(), "000001");
    const { form, sizeBytes, bytes } = archive(one, "tar.gz.age", [recipient]);
    await using server = await oddServer((_, response) => void response.writeHead(200).end(bytes));
    await using live = await liveHost(root, { path: `${equipped(shell)}:${withCurl}` });
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const from = { url: new Secret(`${server.origin}/archive`), limitMs: 20_000 };
    const age = sealed(Buffer.from(one.manifest.bytes), [recipient]);
    const flipped = Buffer.from(age);
    flipped.writeUInt8(flipped.readUInt8(age.length - 30) ^ 1, age.length - 30);
    const other = sealed(Buffer.from(one.manifest.bytes), [keys().recipient]);
    const request = async (manifest: Buffer): Promise<StageRequest> => ({
      ...(await one.full()),
      manifest: { form: "sealed", age: manifest },
      archive: { form, sizeBytes, sha256, from },
    });
    for (const [manifest, code] of [
      [flipped, "HWS_HOST_DIGEST"],
      [other, "HWS_HOST_SEALED"],
      [sealed(Buffer.from("another\n"), [recipient]), "HWS_HOST_FILE|HWS_HOST_DIGEST"],
    ] as const)
      expect(await failure(live.host.stage(await request(manifest), context()))).toMatchObject({
        code: expect.stringMatching(`^(${code})$`),
      });
    expect(await live.host.stage(await request(age), context())).toMatchObject({ written: 40 });
    expect((await live.host.verify({ release: "000001" }, context())).differing).toEqual([]);
  });

  test("an identity of nobody it was sealed to is told, and so is none at all", async () => {
    const root = join(folder(), "srv");
    await using live = await liveHost(root, { path: equipped(shell) });
    const one = await releaseOf(several(), "000001");
    const request = await one.full({ archive: archive(one, "tar.gz.age", [keys().recipient]) });
    for (const [identity, what] of [
      [undefined, "there is no identity"],
      ["not a key\n", "there is no identity"],
      ["AGE-SECRET-KEY-1NONE\n", "is no identity of age"],
      [keys().identity, "sealed to other recipients"],
    ] as const) {
      if (identity !== undefined) lay(root, identity);
      expect(await failure(live.host.stage(request, context()))).toMatchObject({
        code: "HWS_HOST_SEALED",
        message: expect.stringContaining(what),
      });
    }
  });

  test("the survey tells whether age and an identity are there", async () => {
    const root = join(folder(), "srv");
    await using live = await liveHost(root, { path: equipped(shell) });
    expect(await live.host.survey({ application, environment }, context())).toMatchObject({
      tools: { age: true, zstd: true },
      identity: false,
    });
    lay(root, keys().identity);
    expect((await live.host.survey({ application, environment }, context())).identity).toBe(true);
  });

  test("the forms that can be opened are told, the cheapest first", () => {
    const root = join(folder(), "srv");
    const forms = (path: string) => inHost(path, root, "usable_forms").stdout.toString().trim().split("\n");
    const bare = `${shell.path.split(":")[0]}:${only("gzip", "grep")}`;
    expect(forms(bare)).toEqual(["tar.gz"]);
    expect(forms(`${bare}:${only("zstd")}`)).toEqual(["tar.zst", "tar.gz"]);
    expect(forms(`${bare}:${only("age")}`)).toEqual(["tar.gz"]);
    lay(root, keys().identity);
    expect(forms(`${bare}:${only("age")}`)).toEqual(["tar.gz", "tar.gz.age"]);
    expect(forms(`${bare}:${only("age", "zstd")}`)).toEqual([
      "tar.zst",
      "tar.gz",
      "tar.zst.age",
      "tar.gz.age",
    ]);
  });

  test("opening a form succeeds only when all of it was good", () => {
    const root = join(folder(), "srv");
    const { identity, recipient } = keys();
    lay(root, identity);
    const path = equipped(shell);
    const tar = Buffer.alloc(300_000, "some text ");
    const open = (form: ArchiveForm, bytes: Buffer) => inHost(path, root, `open_form ${form}`, bytes);
    for (const form of ["tar", "tar.gz", "tar.zst", "tar.gz.age", "tar.zst.age"] as const) {
      const plain = compressed(tar, form);
      const bytes = form.endsWith(".age") ? sealed(plain, [recipient]) : plain;
      const { status, stdout } = open(form, bytes);
      expect([form, status, stdout.equals(tar)]).toEqual([form, 0, true]);
      if (form === "tar") continue;
      expect(open(form, bytes.subarray(0, bytes.length - 5)).status).not.toBe(0);
    }
    // Whole for age, and no gzip inside.
    expect(open("tar.gz.age", sealed(tar, [recipient])).status).not.toBe(0);
    // Whole for gzip, and cut for age behind it.
    const padded = sealed(Buffer.concat([compressed(tar, "tar.gz"), Buffer.alloc(200_000)]), [recipient]);
    expect(open("tar.gz.age", padded.subarray(0, padded.length - 5)).status).not.toBe(0);
  });
});

test("an instance without age is told what it lacks", async () => {
  const root = join(folder(), "srv");
  const [busybox] = shells.filter(({ name }) => name.startsWith("busybox"));
  await using live = await liveHost(root, { path: (busybox as InstanceShell).path });
  const one = await releaseOf(several(), "000001");
  const request = await one.full({ archive: archive(one, "tar.gz.age", [keys().recipient]) });
  expect(await failure(live.host.stage(request, context()))).toMatchObject({
    code: "HWS_HOST_TOOL_MISSING",
    message: "there is no age on this instance",
  });
});
