import { describe, expect, it } from "vitest";
import { Trust } from "../../src/signing/trust.ts";
import { context, makeKey, principal, signaturesOf, signRaw } from "./keys.ts";

const text = Buffer.from("hawser-release: 1\napplication: shop\n");
const code = (expected: string) => expect.objectContaining({ code: expected });

describe("a signature", () => {
  it.each([
    ["ed25519", ["-t", "ed25519"]],
    ["RSA", ["-t", "rsa", "-b", "2048"]],
    ["ECDSA on P-256", ["-t", "ecdsa", "-b", "256"]],
    ["ECDSA on P-384", ["-t", "ecdsa", "-b", "384"]],
    ["ECDSA on P-521", ["-t", "ecdsa", "-b", "521"]],
  ])("by %s holds over what was signed and over nothing else", async (_, argv) => {
    const signatures = signaturesOf([makeKey(...argv)]);
    // ECDSA's numbers differ in length from one signature to the next.
    for (let i = 0; i < 5; i++) {
      const body = Buffer.concat([text, Buffer.from(`n: ${i}\n`)]);
      const signed = await signatures.sign(body, "hawser-release@v1", context);
      expect(signatures.open(signed, "hawser-release@v1", "it")).toEqual(body);
      const other = Buffer.concat([Buffer.from("a: b\n"), signed]);
      expect(() => signatures.open(other, "hawser-release@v1", "it")).toThrow(code("HWS_SIGNATURE_WRONG"));
    }
  });

  it("that is missing is an error, not a pass", () => {
    const signatures = signaturesOf([makeKey()]);
    expect(() => signatures.open(text, "hawser-release@v1", "it")).toThrow(code("HWS_SIGNATURE_MISSING"));
  });

  it("is detected as wrong whichever one of its bits is flipped", async () => {
    const signatures = signaturesOf([makeKey()]);
    const signed = await signatures.sign(text, "hawser-release@v1", context);
    for (let bit = 0; bit < signed.length * 8; bit++) {
      const flipped = Buffer.from(signed);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => signatures.open(flipped, "hawser-release@v1", "it"), `bit ${bit}`).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^HWS_SIGNATURE_/) }),
      );
    }
  });

  it("cut at any byte is refused", async () => {
    const signatures = signaturesOf([makeKey()]);
    const signed = await signatures.sign(text, "hawser-release@v1", context);
    for (let length = 0; length < signed.length; length++)
      expect(() => signatures.open(signed.subarray(0, length), "hawser-release@v1", "it")).toThrow();
  });

  it("followed by anything is refused", async () => {
    const signatures = signaturesOf([makeKey()]);
    const signed = await signatures.sign(text, "hawser-release@v1", context);
    for (const tail of ["\n", "a: b\n", signed.toString()])
      expect(() =>
        signatures.open(Buffer.concat([signed, Buffer.from(tail)]), "hawser-release@v1", "it"),
      ).toThrow(code("HWS_SIGNATURE_WRONG"));
  });

  it("for another purpose is refused", async () => {
    const key = makeKey();
    const signatures = signaturesOf([key]);
    for (const namespace of ["file", "git", "hawser-manifest@v1", "hawser-desired@v1"])
      expect(() => signatures.open(signRaw(key, text, namespace), "hawser-release@v1", "it")).toThrow(
        code("HWS_SIGNATURE_WRONG"),
      );
  });

  it("by a key that is not allowed, or revoked, or of another principal is refused", async () => {
    const [known, unknown] = [makeKey(), makeKey()];
    const signed = signRaw(known, text, "hawser-release@v1");
    const open = (signatures: ReturnType<typeof signaturesOf>, bytes: Buffer) => () =>
      signatures.open(bytes, "hawser-release@v1", "it");
    expect(open(signaturesOf([known]), signed)()).toEqual(text);
    const wrong = code("HWS_SIGNATURE_WRONG");
    expect(open(signaturesOf([known]), signRaw(unknown, text, "hawser-release@v1"))).toThrow(wrong);
    expect(open(signaturesOf([known], { revoked: `${known.publicKey}\n` }), signed)).toThrow(wrong);
    const signers = `ops@acme ${known.publicKey}\n${unknown.line}`;
    expect(() => new Trust({ signers, principal }).open(signed, "hawser-release@v1", "it")).toThrow(wrong);
  });

  it("by a key whose line allows another namespace only is refused", () => {
    const key = makeKey();
    const signers = `${principal} namespaces="hawser-desired@v1,git" ${key.publicKey}\n`;
    const trust = new Trust({ signers, principal });
    expect(() => trust.open(signRaw(key, text, "hawser-release@v1"), "hawser-release@v1", "it")).toThrow(
      code("HWS_SIGNATURE_WRONG"),
    );
    expect(trust.open(signRaw(key, text, "hawser-desired@v1"), "hawser-desired@v1", "it")).toEqual(text);
  });
});

describe("a file of allowed signers", () => {
  const key = makeKey();
  const parse = (signers: string, revoked = "") => new Trust({ signers, principal, revoked });

  it("may hold comments, empty lines, several principals and several keys", () => {
    const second = makeKey("-t", "rsa", "-b", "2048");
    parse(`# who\n\nops@acme,${principal} ${key.publicKey} comment here\n${second.line}`);
    parse(`${principal} namespaces="hawser-release@v1" ${key.publicKey}`);
  });

  it.each([
    ["a garbage line in front of a good one", `garbage\n${key.line}`],
    ["a pattern for a principal", `*@acme ${key.publicKey}\n${key.line}`],
    ["a negated principal", `!x@acme,${principal} ${key.publicKey}\n`],
    ["an authority", `${principal} cert-authority ${key.publicKey}\n`],
    ["a time of validity", `${principal} valid-before="20300101" ${key.publicKey}\n`],
    ["two options", `${principal} namespaces="a",valid-after="20200101" ${key.publicKey}\n`],
    ["a namespace that is a pattern", `${principal} namespaces="hawser-*" ${key.publicKey}\n`],
    ["an unknown type of key", `${principal} ssh-dss AAAAB3NzaC1kc3M=\n`],
    ["a key of another type than it says", `${principal} ssh-rsa ${key.publicKey.split(" ")[1]}\n`],
    ["a key that is cut", `${key.line.slice(0, -9)}\n`],
    ["a byte-order mark", `\u00ef\u00bb\u00bf${key.line}`],
    ["a NUL", `${key.line}\0`],
    ["an escape sequence", `# \u001b[2J\n${key.line}`],
    ["carriage returns", key.line.replace("\n", "\r\n")],
    ["nothing", ""],
    ["only comments", "# nobody\n"],
    ["300 KiB", `#${"x".repeat(300 * 1024)}\n${key.line}`],
  ])("with %s is refused", (_, signers) => {
    expect(() => parse(signers)).toThrow(code("HWS_SIGNING_SIGNERS"));
  });

  it("with an RSA key of 1024 bits is refused", () => {
    const short = makeKey("-t", "rsa", "-b", "1024");
    expect(() => parse(short.line)).toThrow(code("HWS_SIGNING_SIGNERS"));
  });

  it("that does not name the principal is refused", () => {
    expect(() => new Trust({ signers: key.line, principal: "nobody" })).toThrow(
      code("HWS_SIGNING_PRINCIPAL"),
    );
  });

  it("goes with a file of revoked keys that is as strict", () => {
    parse(key.line, `${makeKey().publicKey} lost\n`);
    for (const revoked of ["garbage\n", "SHA256:abc\n", `serial: 1\n`])
      expect(() => parse(key.line, revoked)).toThrow(code("HWS_SIGNING_SIGNERS"));
  });

  it("gives one digest for one content, and another for any change", () => {
    const digests = [
      parse(key.line),
      parse(`${key.line}#\n`),
      parse(key.line, `${makeKey().publicKey}\n`),
      new Trust({ signers: `ops ${key.publicKey}\n${key.line}`, principal: "ops" }),
      new Trust({ signers: `ops ${key.publicKey}\n${key.line}`, principal }),
    ].map(({ digest }) => digest);
    expect(new Set(digests).size).toBe(5);
    expect(parse(key.line).digest).toBe(digests[0]);
  });
});
