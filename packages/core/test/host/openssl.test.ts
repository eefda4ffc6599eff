import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { putTogether, takeApart } from "../../src/signing/section.ts";
import { makeKey, principal, signaturesOf, signRaw, type TestKey } from "../signing/keys.ts";
import { boot, scriptFor } from "./boot.ts";
import { callFunctions } from "./functions.ts";
import { application, environment } from "./releases.ts";
import { context, liveHost, shells } from "./shells.ts";
import { storedEnvironment } from "./stored-environment.ts";
import { folder } from "./trees.ts";

/** The tools of this machine without some of them. */
const machineWithout = (...hidden: readonly string[]): string => {
  const tools = folder();
  const known = new Set(hidden);
  for (const from of ["/usr/bin", "/bin"])
    for (const name of readdirSync(from)) {
      if (known.has(name)) continue;
      known.add(name);
      symlinkSync(join(from, name), join(tools, name));
    }
  return tools;
};
const withoutKeygen = machineWithout("ssh-keygen");

const key = makeKey();
const text = Buffer.from("application: shop\nversion: 41\n");
const purpose = "hawser-desired@v1";

interface Trial {
  readonly path: string;
  readonly signers?: string;
  readonly revoked?: string;
  readonly who?: string;
  readonly namespace?: string;
}

/** What the host program says of each object: `holds`, or the code of its refusal and why. */
const judge = async (objects: readonly Buffer[], trial: Trial): Promise<string[]> => {
  const root = folder();
  const trust = join(root, ".hawser/trust");
  mkdirSync(trust, { recursive: true });
  writeFileSync(join(trust, "signers"), trial.signers ?? key.line, "latin1");
  writeFileSync(join(trust, "principal"), `${trial.who ?? principal}\n`);
  if (trial.revoked !== undefined) writeFileSync(join(trust, "revoked"), trial.revoked, "latin1");
  for (const [index, bytes] of objects.entries()) writeFileSync(join(root, `object.${index}`), bytes);
  const lines = `body_left=0; signature_tool
    for index in ${objects.map((_, index) => index).join(" ")}; do
      work='${root}/work'; mkdir "$work"
      (check_signed '${root}/object.'$index ${trial.namespace ?? purpose} && echo "$signature_by: holds")
      rm -rf "$work"
    done`;
  const { stdout } = await callFunctions(trial.path, lines, { root });
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => /"code":"([A-Z_]+)","message":"(.*)"/.exec(line)?.slice(1).join(": ") ?? line);
};

/** An object signed over `text` whose signature's own bytes were changed. */
const withBlob = (change: (blob: Buffer) => Buffer): Buffer => {
  const blob = change(Buffer.from(takeApart(signRaw(key, text, purpose))!.blob));
  const lines = blob.toString("base64").replace(/.{1,70}/g, "$&\n");
  const armored = `-----BEGIN SSH SIGNATURE-----\n${lines}-----END SSH SIGNATURE-----\n`;
  return putTogether(text, armored);
};

const withDigest = (digest: string): Buffer =>
  Buffer.concat([
    text,
    execFileSync(
      "ssh-keygen",
      ["-q", "-Y", "sign", "-O", `hashalg=${digest}`, "-n", purpose, "-f", key.path],
      { input: text, stdio: ["pipe", "pipe", "ignore"] },
    ),
  ]);

/** The shell, with its own tools where it has some, and openssl. */
const path = (shell: string): string => `${shell.split(":")[0]}:${withoutKeygen}`;
const line = (by: TestKey, options = ""): string => `${principal} ${options}${by.publicKey}\n`;

describe.each(shells)("signatures without ssh-keygen under $name", (shell) => {
  const trial = { path: path(shell.path) };

  test("hold by openssl when an ed25519 key made them, with either digest", async () => {
    const good = signRaw(key, text, purpose);
    const sha512 = withDigest("sha512");
    expect(await judge([good, withDigest("sha256"), sha512], trial)).toEqual(
      Array.from({ length: 3 }, () => "openssl: holds"),
    );
    const signers = `# ours\n\n${makeKey().line}${line(key, 'NameSpaces="hawser-form@v1,hawser-desired@v1" ')}`;
    const revoked = `# gone\n${makeKey().publicKey} lost\n`;
    expect(await judge([good], { ...trial, signers, revoked })).toEqual(["openssl: holds"]);
  });

  test("for another purpose are refused", async () => {
    const purposes = ["file", "git", "hawser-manifest@v1", "hawser-release@v1", "hawser-desired@v2"];
    const objects = purposes.map((each) => signRaw(key, text, each));
    for (const said of await judge(objects, trial)) expect(said).toMatch(/^HWS_HOST_SIGNATURE: .*purpose/);
  });

  test("by a key that is unknown, revoked, another principal's, or allowed for other purposes are refused", async () => {
    const other = makeKey();
    const good = signRaw(key, text, purpose);
    const said = async (objects: readonly Buffer[], changes: Partial<Trial>) =>
      await judge(objects, { ...trial, ...changes });
    expect(await said([signRaw(other, text, purpose)], {})).toEqual([
      expect.stringMatching(/^HWS_HOST_SIGNATURE: .*its key is not one that release@acme may sign/),
    ]);
    const refused = [expect.stringMatching(/^HWS_HOST_SIGNATURE: .*its key is (not one that|revoked)/)];
    expect(await said([good], { revoked: `${key.publicKey} stolen\n` })).toEqual(refused);
    expect(await said([good], { who: "ops", signers: `ops ${other.publicKey}\n${key.line}` })).toEqual(
      refused,
    );
    expect(await said([good], { who: "release" })).toEqual(refused);
    expect(await said([good], { signers: line(key, 'namespaces="hawser-release@v1" ') })).toEqual(refused);
    expect(await said([good], { signers: line(key, 'namespaces="xhawser-desired@v1" ') })).toEqual(refused);
    expect(await said([good], { signers: `#${key.line}${other.line}` })).toEqual(refused);
  });

  test("are refused where the files of trust are not wholly in their grammar, or gone", async () => {
    const good = signRaw(key, text, purpose);
    const broken: readonly Partial<Trial>[] = [
      { signers: `garbage\n${key.line}` },
      { signers: `*@acme ${key.publicKey}\n` },
      { signers: `${principal} cert-authority ${key.publicKey}\n` },
      { signers: `${principal} valid-before="20200101" ${key.publicKey}\n` },
      { signers: "" },
      { signers: "# nobody\n" },
      { revoked: "garbage\n" },
      { revoked: `x ${key.publicKey}\n` },
      { who: "release@acme extra" },
      { who: "-x" },
    ];
    for (const changes of broken)
      expect(await judge([good], { ...trial, ...changes }), JSON.stringify(changes)).toEqual([
        expect.stringMatching(/^HWS_HOST_SIGNATURE: /),
      ]);
  });

  test("that are empty, cut, longer than they should be, of another form or not there are refused", async () => {
    const good = signRaw(key, text, purpose);
    const at = text.length;
    const rsa = makeKey("-t", "rsa", "-b", "2048");
    const ecdsa = makeKey("-t", "ecdsa");
    const signers = [key, rsa, ecdsa].map((each) => each.line).join("");
    const objects = [
      good.subarray(0, at),
      good.subarray(0, at + 200),
      Buffer.concat([text, Buffer.from("-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n")]),
      withBlob((blob) => Buffer.concat([blob, Buffer.from("x")])),
      withBlob((blob) => blob.subarray(0, -1)),
      withBlob((blob) => Buffer.concat([blob.subarray(0, 9), Buffer.from([2]), blob.subarray(10)])),
      signRaw(rsa, text, purpose),
      signRaw(ecdsa, text, purpose),
      Buffer.concat([Buffer.from("more: yes\n"), good]),
    ];
    for (const said of await judge(objects, { ...trial, signers }))
      expect(said).toMatch(/^HWS_HOST_SIGNATURE: /);
  });

  test("are told of by survey, and verified in a session as by ssh-keygen", async () => {
    const root = join(folder(), "srv");
    await using live = await liveHost(root, trial);
    const { trust } = signaturesOf([key]);
    await live.host.trust({ epoch: 1, application, environment, trust }, context());
    const { tools } = await live.host.survey({ application, environment }, context());
    expect(tools.signatures).toBe("ed25519");
    const digest = `sha256-${"a".repeat(64)}`;
    const state = `hawser-desired: 1\napplication: ${application}\nenvironment: ${environment}\nversion: 3\nepoch: 1\nrelease: 000001\nmanifest: ${digest}\nplan: ${digest}\n`;
    const tell = async (by: TestKey) =>
      await live.host.desired({ epoch: 1, bytes: signRaw(by, state, purpose) }, context());
    expect(await tell(key)).toEqual({ version: 3 });
    await expect(tell(makeKey())).rejects.toMatchObject({ code: "HWS_HOST_SIGNATURE" });
  });
});

test("are verified by a new machine's boot script as well", async () => {
  const stored = await storedEnvironment(signaturesOf([key]));
  await stored.desire("000001", { a: "one" });
  const settings = { trust: stored.signatures.trust };
  const script = (root: string, trust = settings.trust) => scriptFor(root, stored.directory, { trust });
  const tools = { path: path(shells[0]!.path) };
  expect(await boot(script(join(folder(), "srv")), tools)).toMatchObject({ status: 0 });
  const end = await boot(script(join(folder(), "srv"), signaturesOf([makeKey()]).trust), tools);
  expect(end).toMatchObject({ status: 65 });
  expect(end.log).toContain("HWS_HOST_SIGNATURE");
});

const dash = path(shells[0]!.path);

test("a bit flipped in any byte of what is signed, or of the signature, is refused by openssl as by ssh-keygen", async () => {
  const good = signRaw(key, text, purpose);
  const flipped = Array.from(good, (_, index) => {
    const bytes = Buffer.from(good);
    bytes[index]! ^= 1 << (index % 8);
    return bytes;
  });
  const said = await judge(flipped, { path: dash });
  expect(said).toHaveLength(flipped.length);
  expect(said.filter((each) => !each.startsWith("HWS_HOST_SIGNATURE: "))).toEqual([]);
});

test("an ssh-keygen that is too old is passed over, and one that refuses is the last word", async () => {
  const [old, strict] = [folder(), folder()];
  writeFileSync(join(old, "ssh-keygen"), "#!/bin/sh\necho 'unknown option -- Y' >&2\nexit 1\n");
  const refusing = '#!/bin/sh\ncase $* in "-Y verify") echo "missing namespace" ;; esac\nexit 255\n';
  writeFileSync(join(strict, "ssh-keygen"), refusing);
  for (const tools of [old, strict]) chmodSync(join(tools, "ssh-keygen"), 0o755);
  const good = signRaw(key, text, purpose);
  const [first, rest] = dash.split(":");
  expect(await judge([good], { path: `${first}:${old}:${rest}` })).toEqual(["openssl: holds"]);
  expect(await judge([good], { path: `${first}:${strict}:${rest}` })).toEqual([
    expect.stringMatching(/^HWS_HOST_SIGNATURE: /),
  ]);
});

test("without either tool, or with an openssl that verifies nothing, everything is refused", async () => {
  const good = signRaw(key, text, purpose);
  const first = dash.split(":")[0]!;
  const lacks = [expect.stringMatching(/^HWS_HOST_TOOL_MISSING: /)];
  const neither = machineWithout("ssh-keygen", "openssl");
  expect(await judge([good], { path: `${first}:${neither}` })).toEqual(lacks);
  // One that says yes to everything is no better.
  for (const body of ["exit 0", "echo 'Signature Verified Successfully'", "exit 1"]) {
    rmSync(join(neither, "openssl"), { force: true });
    writeFileSync(join(neither, "openssl"), `#!/bin/sh\n${body}\n`);
    chmodSync(join(neither, "openssl"), 0o755);
    expect(await judge([good], { path: `${first}:${neither}` }), body).toEqual(lacks);
  }
});
