import { expect, it } from "vitest";
import type { FleetMember } from "../../src/fleet/member.ts";
import { trustProblems } from "../../src/fleet/trust.ts";
import { makeKey, signaturesOf } from "../signing/keys.ts";

const member = (signatures: string | boolean): FleetMember =>
  ({ survey: { trust: null, tools: { signatures } } }) as unknown as FleetMember;

const [plain, rsa] = [makeKey(), makeKey("-t", "rsa", "-b", "2048")];

it.each([
  { signatures: true, keys: [plain, rsa], codes: [] },
  { signatures: "ed25519", keys: [plain], codes: [] },
  { signatures: "ed25519", keys: [plain, rsa], codes: ["HWS_SIGNING_NO_VERIFIER"] },
  { signatures: false, keys: [plain], codes: ["HWS_SIGNING_NO_VERIFIER"] },
])(
  "an instance that verifies $signatures is asked whether that covers every key of the principal",
  (trial) => {
    const { trust } = signaturesOf(trial.keys);
    const found = trustProblems(member(trial.signatures), trust);
    expect(found.map(({ code }) => code)).toEqual(trial.codes);
  },
);
