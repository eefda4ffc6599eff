import { describe, expect, it } from "vitest";
import { Redactor } from "../../src/config/redaction.ts";
import { HawserError, Secret } from "../../src/index.ts";

const canary = "c@nary/value+1 ü";

const redactor = (...secrets: string[]): Redactor => {
  const made = new Redactor();
  for (const secret of secrets) made.add(new Secret(secret));
  return made;
};

describe("redaction", () => {
  it("hides a secret as it is, URL-encoded, in JSON and in base64 of any text around it", () => {
    const hide = redactor(canary, 'quo"ted\nsecret');
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    for (const text of [
      canary,
      encodeURIComponent(canary),
      encodeURIComponent(canary).replaceAll("%20", "+"),
      encodeURIComponent(canary).toLowerCase(),
    ]) {
      expect(hide.redact(`a ${text} b`)).toBe("a [redacted] b");
    }
    expect(hide.redact(JSON.stringify({ a: 'quo"ted\nsecret' }))).toBe('{"a":"[redacted]"}');
    for (const before of ["", "u", "us", "user:"]) {
      const shown = hide.redact(base64(`${before}${canary}`));
      expect(Buffer.from(shown.replace("[redacted]", ""), "base64").toString()).not.toContain("nary");
      expect(shown).toContain("[redacted]");
    }
    expect(hide.redact(Buffer.from(canary).toString("base64url"))).toContain("[redacted]");
  });

  it("hides each line of a key that is printed line by line", () => {
    const key = "-----BEGIN KEY-----\nAAAABBBBCCCCDDDDEEEE\n-----END KEY-----\n";
    expect(redactor(key).redact("got AAAABBBBCCCCDDDDEEEE here")).toBe("got [redacted] here");
  });

  it("hides credentials in URLs, and what signs a URL, without knowing them", () => {
    const hide = redactor();
    expect(hide.redact("clone https://user:tok@h/x and https://tok@h/x")).toBe(
      "clone https://[redacted]@h/x and https://[redacted]@h/x",
    );
    expect(hide.redact("ssh://git@h/x svn+ssh://u:p@h")).toBe("ssh://git@h/x svn+ssh://u:[redacted]@h");
    expect(hide.redact("https://s3/x?X-Amz-Expires=9&X-Amz-Signature=abc&b=1")).toBe(
      "https://s3/x?X-Amz-Expires=9&X-Amz-Signature=[redacted]&b=1",
    );
  });

  it("does not blot out a text for a secret that is found everywhere by chance", () => {
    const hide = redactor("abc", "");
    expect(hide.redact("abc def")).toBe("abc def");
    expect(hide.redactValue({ value: new Secret("abc") })).toEqual({ value: "[redacted]" });
  });

  it("hides the longest of secrets that begin alike", () => {
    expect(redactor("secret", "secret-longer").redact("secret-longer secret")).toBe("[redacted] [redacted]");
  });

  it("hides a secret wherever a stream is cut", () => {
    const text = `before ${canary} and https://user:tok@h/ after ${canary}`;
    const whole = redactor(canary).redact(text);
    for (let first = 0; first <= text.length; first += 1) {
      for (const second of [first, first + 1, first + 7]) {
        const stream = redactor(canary).stream();
        const shown =
          stream.push(text.slice(0, first)) +
          stream.push(text.slice(first, second)) +
          stream.push(text.slice(second)) +
          stream.end();
        expect(shown).toBe(whole);
      }
    }
  });

  it("shows of a stream at once what cannot be the beginning of a secret", () => {
    const stream = redactor(canary).stream();
    expect(stream.push("50 % ...\nc@na")).toBe("50 % ...\n");
    expect(stream.push("mes\n")).toBe("c@names\n");
  });

  it("hides secrets everywhere in a value: keys, lists, errors with cause and stack, circles", () => {
    const hide = redactor("canary-1234");
    const error = new HawserError("HWS_X", "with canary-1234", {
      cause: new Error("by canary-1234"),
      output: "canary-1234",
      details: { list: ["canary-1234"] },
    });
    const value: Record<string, unknown> = { error, "canary-1234": 1, url: new URL("https://u:p@h/") };
    value.self = value;
    const shown = hide.redactValue(value) as typeof value & { error: HawserError };
    expect(HawserError.is(shown.error, "HWS_X")).toBe(true);
    expect(shown.error).toBeInstanceOf(HawserError);
    expect(`${shown.error.stack}${shown.error.message}${(shown.error.cause as Error).stack}`).not.toContain(
      "canary",
    );
    expect(JSON.stringify({ ...shown, self: 0 })).not.toContain("canary");
    expect(shown.url).toBe("https://[redacted]@h/");
    expect(error.message).toBe("with canary-1234");
  });

  it("takes every secret out of the options of a plugin", () => {
    const hide = new Redactor();
    hide.addFrom({ a: [{ b: new Secret("canary-deep") }] });
    expect(hide.redact("canary-deep")).toBe("[redacted]");
  });
});
