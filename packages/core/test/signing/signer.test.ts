import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Secret } from "../../src/contracts/secret.ts";
import { noSignatures, SshSignatures } from "../../src/signing/signatures.ts";
import { SshSigner } from "../../src/signing/ssh-signer.ts";
import { context, makeKey, signaturesOf } from "./keys.ts";

const text = Buffer.from("a: b\n");
const namespace = "hawser-desired@v1";
const code = (expected: string) => expect.objectContaining({ code: expected });

describe("a signer", () => {
  it("signs with the text of a private key, which no file keeps afterwards", async () => {
    const key = makeKey();
    const own = mkdtempSync(join(tmpdir(), "hawser-own-"));
    const kept = process.env.TMPDIR;
    process.env.TMPDIR = own;
    const signer = new SshSigner(new Secret(readFileSync(key.path, "utf8")));
    const { trust } = signaturesOf([key]);
    try {
      const signed = await new SshSignatures(trust, signer).sign(text, namespace, context);
      expect(trust.open(signed, namespace, "it")).toEqual(text);
      expect(readdirSync(own)).toEqual([]);
    } finally {
      if (kept === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = kept;
      rmSync(own, { recursive: true });
    }
  });

  it("signs by the agent that holds the key of a public key's file", async () => {
    const key = makeKey();
    const folder = mkdtempSync(join(tmpdir(), "hawser-agent-"));
    const socket = join(folder, "agent");
    const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "inherit"] });
    await once(agent.stdout, "data");
    const kept = process.env.SSH_AUTH_SOCK;
    try {
      process.env.SSH_AUTH_SOCK = socket;
      execFileSync("ssh-add", ["-q", key.path], { stdio: "ignore" });
      rmSync(key.path);
      const { trust } = signaturesOf([key]);
      const signatures = new SshSignatures(trust, new SshSigner(`${key.path}.pub`));
      expect(trust.open(await signatures.sign(text, namespace, context), namespace, "it")).toEqual(text);
      execFileSync("ssh-add", ["-q", "-D"], { stdio: "ignore" });
      await expect(signatures.sign(text, namespace, context)).rejects.toEqual(code("HWS_SIGNING_FAILED"));
    } finally {
      if (kept === undefined) delete process.env.SSH_AUTH_SOCK;
      else process.env.SSH_AUTH_SOCK = kept;
      agent.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("whose key has a passphrase, is missing or is no key fails and asks nobody", async () => {
    const locked = makeKey();
    execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "secret words", "-f", locked.path]);
    rmSync(`${locked.path}.pub`);
    const { trust } = signaturesOf([makeKey()]);
    for (const key of [locked.path, "/nowhere/key", new Secret("no key")]) {
      const failed = new SshSignatures(trust, new SshSigner(key)).sign(text, namespace, context);
      await expect(failed).rejects.toEqual(code("HWS_SIGNING_FAILED"));
    }
  });

  it("whose key the trust does not allow gives no signature", async () => {
    const [known, other] = [makeKey(), makeKey()];
    const signatures = signaturesOf([known], { signer: other });
    await expect(signatures.sign(text, namespace, context)).rejects.toEqual(
      code("HWS_SIGNING_KEY_UNTRUSTED"),
    );
  });

  it("that is missing lets verify, not sign", async () => {
    const { trust } = signaturesOf([makeKey()]);
    const failed = new SshSignatures(trust, undefined).sign(text, namespace, context);
    await expect(failed).rejects.toEqual(code("HWS_SIGNING_NO_KEY"));
  });
});

describe("a config without signing", () => {
  it("signs nothing, and refuses what is signed", async () => {
    expect(await noSignatures.sign(text, namespace, context)).toEqual(text);
    expect(noSignatures.open(text, namespace, "it")).toEqual(text);
    const signed = await signaturesOf([makeKey()]).sign(text, namespace, context);
    expect(() => noSignatures.open(signed, namespace, "it")).toThrow(code("HWS_SIGNATURE_UNEXPECTED"));
  });
});
