import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HostKey, parseHostKey } from "../src/host-key.ts";
import { judge, knownTypes, parseKnownHosts, readKnownHosts } from "../src/known-hosts.ts";

let folder: string;
let ed25519: { line: string; key: HostKey };
let other: { line: string; key: HostKey };
let rsa: { line: string; key: HostKey };

const makeKey = (name: string, type: string): { line: string; key: HostKey } => {
  const path = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-f", path]);
  const line = readFileSync(`${path}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
  return { line, key: parseHostKey(line)! };
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hawser-known-hosts-"));
  ed25519 = makeKey("a", "ed25519");
  other = makeKey("b", "ed25519");
  rsa = makeKey("c", "rsa");
});
afterAll(() => rmSync(folder, { recursive: true }));

const verdict = (text: string, host: string, port = 22, key = ed25519.key): string =>
  judge(parseKnownHosts(text, "known_hosts"), host, port, key).kind;

test("a plain line admits its host and no other", () => {
  expect(verdict(`web1,10.0.0.1 ${ed25519.line} comment\n`, "web1")).toBe("known");
  expect(verdict(`web1,10.0.0.1 ${ed25519.line}\n`, "10.0.0.1")).toBe("known");
  expect(verdict(`web1 ${ed25519.line}\n`, "web2")).toBe("unknown");
});

test("host names are compared without regard to case", () => {
  expect(verdict(`Web1.Example.ORG ${ed25519.line}\n`, "wEB1.example.org")).toBe("known");
});

test("an entry of ssh-keygen -H admits its host and no other", () => {
  const path = join(folder, "hashed");
  writeFileSync(path, `web1 ${ed25519.line}\n[web2]:2222 ${ed25519.line}\n`);
  execFileSync("ssh-keygen", ["-H", "-f", path], { stdio: "ignore" });
  const text = readFileSync(path, "utf8");
  expect(text).toContain("|1|");
  expect(verdict(text, "web1")).toBe("known");
  expect(verdict(text, "web2", 2222)).toBe("known");
  expect(verdict(text, "web2")).toBe("unknown");
  expect(verdict(text, "web3")).toBe("unknown");
});

test("a port other than 22 is part of the name", () => {
  expect(verdict(`[web1]:2222 ${ed25519.line}\n`, "web1", 2222)).toBe("known");
  expect(verdict(`[web1]:2222 ${ed25519.line}\n`, "web1", 2223)).toBe("unknown");
  expect(verdict(`[web1]:2222 ${ed25519.line}\n`, "web1")).toBe("unknown");
});

test("a line without a port may admit a host on another port but never contradicts it", () => {
  expect(verdict(`web1 ${ed25519.line}\n`, "web1", 2222)).toBe("known");
  expect(verdict(`web1 ${other.line}\n`, "web1", 2222)).toBe("unknown");
  expect(verdict(`web1 ${ed25519.line}\n[web1]:2222 ${other.line}\n`, "web1", 2222)).toBe("changed");
});

test("patterns match and negated patterns take the line out", () => {
  const line = `*.example.org,!bad.example.org ${ed25519.line}\n`;
  expect(verdict(line, "web1.example.org")).toBe("known");
  expect(verdict(line, "bad.example.org")).toBe("unknown");
  expect(verdict(`web?.dc ${ed25519.line}\n`, "web7.dc")).toBe("known");
  expect(verdict(`web?.dc ${ed25519.line}\n`, "web77.dc")).toBe("unknown");
  expect(verdict(`[*.dc]:2222 ${ed25519.line}\n`, "web7.dc", 2222)).toBe("known");
});

test("a pattern of many stars ends soon", () => {
  expect(verdict(`${"*a".repeat(60)}b ${ed25519.line}\n`, "a".repeat(250))).toBe("unknown");
});

test("another key for the host is a change, told with file and line", () => {
  const found = judge(parseKnownHosts(`# mine\n\nweb1 ${other.line}\n`, "/k"), "web1", 22, ed25519.key);
  expect(found).toMatchObject({ kind: "changed", entry: { file: "/k", line: 3 } });
});

test("a key of a type that is not held for the host is a change too", () => {
  expect(verdict(`web1 ${rsa.line}\n`, "web1")).toBe("changed");
});

test("of several keys for a host any one admits it", () => {
  const text = `web1 ${rsa.line}\nweb1 ${other.line}\nweb1 ${ed25519.line}\n`;
  expect(verdict(text, "web1")).toBe("known");
  expect(knownTypes(parseKnownHosts(text, "k"), "web1", 22)).toEqual([
    "ssh-rsa",
    "ssh-ed25519",
    "ssh-ed25519",
  ]);
});

test("a revoked key is refused although another line admits it", () => {
  expect(verdict(`web1 ${ed25519.line}\n@revoked * ${ed25519.line}\n`, "web1")).toBe("revoked");
  expect(verdict(`@revoked * ${other.line}\nweb1 ${ed25519.line}\n`, "web1")).toBe("known");
});

test("a revocation that cannot be read is an error, never passed over", () => {
  expect(() => parseKnownHosts("@revoked * ssh-ed25519 ???\n", "k")).toThrow(
    expect.objectContaining({ code: "HWS_SSH_KNOWN_HOSTS" }),
  );
});

test("a certificate authority admits no plain key", () => {
  expect(verdict(`@cert-authority *.dc ${ed25519.line}\n`, "web1.dc")).toBe("authority");
});

test("lines that are not understood are passed over", () => {
  const text = `web1 1024 35 12345678\nweb1 ssh-ed25519\n@unheard web1 ${ed25519.line}\nweb1 ssh-rsa ${ed25519.line.split(" ")[1]}\n`;
  expect(verdict(text, "web1")).toBe("unknown");
});

test("several files are one list, and only a file that nobody named may be absent", async () => {
  const [first, second] = [join(folder, "first"), join(folder, "second")];
  writeFileSync(first, `web1 ${other.line}\n`);
  writeFileSync(second, `web1 ${ed25519.line}\n`);
  const files = [first, second].map((path) => ({ path, optional: false }));
  const entries = await readKnownHosts([...files, { path: join(folder, "none"), optional: true }]);
  expect(judge(entries, "web1", 22, ed25519.key).kind).toBe("known");
  await expect(readKnownHosts([{ path: join(folder, "none"), optional: false }])).rejects.toMatchObject({
    code: "HWS_SSH_KNOWN_HOSTS",
  });
});
