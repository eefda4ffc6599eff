import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inspectConfig, readConfigFile, Secret } from "../../src/index.ts";
import { minimal, project } from "./project.ts";

const keys = (): { identity: string; recipient: string } => {
  const identity = execFileSync("age-keygen", { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return {
    identity,
    recipient: execFileSync("age-keygen", ["-y"], { input: identity, encoding: "utf8" }).trim(),
  };
};

const config = (recipients: readonly string[], identity?: string): string =>
  `${minimal}\nencryption:\n  recipients: [${recipients.map((each) => JSON.stringify(each)).join(", ")}]\n${
    identity === undefined ? "" : `  identity: ${JSON.stringify(identity)}\n`
  }`;

const inspected = async (directory: string) => {
  const file = join(directory, "hawser.yaml");
  return await inspectConfig({ config: await readConfigFile(file), file, baseDirectory: directory });
};

describe("encryption in a config", () => {
  it("takes the identity's file from the folder of the config that names it", async () => {
    const one = keys();
    const { directory, load } = project({
      "shared/base.yaml": config([one.recipient], "keys/identity").slice(minimal.length),
      "shared/keys/identity": one.identity,
      "hawser.yaml": `${minimal}extends: shared/base.yaml\n`,
    });
    const { encryption } = await load("hawser.yaml");
    expect(encryption).toEqual({
      recipients: [one.recipient],
      identity: join(directory, "shared/keys/identity"),
    });
  });

  it("takes the identity's text as a secret, which is hidden", async () => {
    const one = keys();
    const { load } = project({
      "hawser.yaml": config([one.recipient], `\${file:identity}`),
      identity: one.identity,
    });
    const { encryption } = await load("hawser.yaml");
    expect(Secret.is(encryption?.identity) && encryption.identity.reveal()).toBe(one.identity.trimEnd());
    expect(JSON.stringify(encryption)).not.toContain("AGE-SECRET-KEY");
  });

  it("refuses each recipient that is none, at its place", async () => {
    const one = keys();
    const mistyped = one.recipient.replace(/.$/, (last) => (last === "x" ? "z" : "x"));
    const { problems } = project({
      "hawser.yaml": config([one.recipient, "age1nobody", mistyped], "identity"),
      identity: one.identity,
    });
    const found = await problems("hawser.yaml");
    expect(found.map(({ code }) => code)).toEqual(["HWS_SEALING_RECIPIENT", "HWS_SEALING_RECIPIENT"]);
    expect(found[0]?.where).toContain("encryption.recipients[1]");
    expect(found[1]?.message).toMatch(/checksum|letters/);
  });

  it("refuses an identity that opens nothing of what would be sealed, that is none, or that is not there", async () => {
    const [one, other] = [keys(), keys()];
    for (const [identity, code, what] of [
      ["other", "HWS_CONFIG_RULE", "opens nothing"],
      ["none", "HWS_SEALING_IDENTITY", "no secret key"],
      ["missing", "HWS_SEALING_IDENTITY", "cannot be read"],
    ] as const) {
      const { problems } = project({
        "hawser.yaml": config([one.recipient], identity),
        other: other.identity,
        none: "hello\n",
      });
      const [found, ...more] = await problems("hawser.yaml");
      expect([found?.code, more]).toEqual([code, []]);
      expect(found?.message).toContain(what);
      expect(found?.where).toContain("encryption.identity");
    }
  });

  it("warns of recipients without an identity and says what that costs", async () => {
    const { directory } = project({ "hawser.yaml": config([keys().recipient]) });
    const { config: loaded, problems } = await inspected(directory);
    expect(loaded).toBeDefined();
    expect(problems).toMatchObject([
      { severity: "warning", message: expect.stringMatching(/deltas.*roll back.*promote.*resume/) },
    ]);
  });

  it("says nothing of an identity that opens one of several recipients", async () => {
    const [one, other] = [keys(), keys()];
    const { directory } = project({
      "hawser.yaml": config([other.recipient, one.recipient], "identity"),
      identity: one.identity,
    });
    expect((await inspected(directory)).problems).toEqual([]);
  });

  it("refuses a secret in place of a recipient", async () => {
    const one = keys();
    const { problems } = project({
      "hawser.yaml": config([`\${file:recipient}`], "identity"),
      recipient: one.recipient,
      identity: one.identity,
    });
    expect((await problems("hawser.yaml")).map(({ code }) => code)).toContain("HWS_CONFIG_SECRET_MISPLACED");
  });
});
