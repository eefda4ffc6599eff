import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fingerprint, parseHostKey, preferredAlgorithms } from "../src/host-key.ts";
import { readPrivateKey } from "../src/private-key.ts";
import { trustKeys } from "../src/trust.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hawser-host-key-"));
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, "plain")]);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "secret", "-f", join(folder, "locked")]);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the fingerprint is the one that ssh-keygen prints", () => {
  const key = parseHostKey(readFileSync(join(folder, "plain.pub"), "utf8"))!;
  const printed = execFileSync("ssh-keygen", ["-l", "-f", join(folder, "plain.pub")], { encoding: "utf8" });
  expect(printed.split(" ")[1]).toBe(fingerprint(key));
});

test("the algorithms of known keys are asked for first, and SHA-1 never", () => {
  expect(preferredAlgorithms(["ssh-rsa"]).slice(0, 3)).toEqual([
    "rsa-sha2-512",
    "rsa-sha2-256",
    "ssh-ed25519",
  ]);
  expect(preferredAlgorithms([])).not.toContain("ssh-rsa");
});

test("a key whose type and blob disagree is no key", () => {
  const [, blob] = readFileSync(join(folder, "plain.pub"), "utf8").split(" ");
  expect(parseHostKey(`ssh-rsa ${blob}`)).toBeUndefined();
  expect(() => trustKeys([`ssh-rsa ${blob}`])).toThrow(expect.objectContaining({ code: "HWS_SSH_HOST" }));
});

test("an encrypted private key is refused with a word on passphrases and agents", async () => {
  await expect(readPrivateKey(join(folder, "locked"))).rejects.toMatchObject({
    code: "HWS_SSH_KEY",
    message: expect.stringContaining("encrypted with a passphrase"),
    hint: expect.stringContaining("agent: true"),
  });
});

test("a public key, a missing file and plain text are no private key", async () => {
  for (const path of ["plain.pub", "none", "."])
    await expect(readPrivateKey(join(folder, path))).rejects.toMatchObject({ code: "HWS_SSH_KEY" });
});
