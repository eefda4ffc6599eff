import type { Operation } from "../engine/operation.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import { signingErrors } from "../errors/signing-codes.ts";
import type { Trust } from "../signing/trust.ts";
import type { FleetMember } from "./member.ts";

/** Beyond this a version was not counted up to: only who stole a key writes it. */
const greatestVersion = 1e12;

/** Signed and not verified, verified and not signed: both are found before anything is changed. */
export const trustProblems = ({ survey }: FleetMember, trust: Trust | undefined): HawserError[] => {
  if (survey === undefined) return [];
  if (trust === undefined) return survey.trust === null ? [] : [signingErrors.HWS_SIGNING_TRUST_LAID([])];
  const { signatures } = survey.tools;
  if (signatures === true || (signatures === "ed25519" && trust.plainKeys)) return [];
  return [signingErrors.HWS_SIGNING_NO_VERIFIER([signatures === "ed25519"])];
};

/** Whether the instance verifies by the same keys as this deployer. */
export const hasTrust = ({ survey }: FleetMember, trust: Trust | undefined): boolean =>
  trust === undefined || survey?.trust === trust.digest;

/** Lays the deployer's trust on an instance where another lies, or none: before anything signed is sent there. */
export const layTrust = async (operation: Operation, member: FleetMember): Promise<void> => {
  const { application, environment, signatures } = operation.stores;
  const { trust } = signatures;
  if (trust === undefined || hasTrust(member, trust)) return;
  await operation.guard();
  const context = operation.context("stage", member.id);
  const epoch = operation.lock.epoch;
  await member.openHost.trust({ epoch, application, environment, trust }, context);
  if (member.survey !== undefined) member.survey = { ...member.survey, trust: trust.digest };
};

/** The newest version of the desired state that any of these instances has accepted. */
export const acceptedVersion = (members: readonly FleetMember[]): number =>
  Math.max(
    0,
    ...members.map(({ survey }) => survey?.trusted ?? 0).filter((version) => version < greatestVersion),
  );

/** Tells the instances what was published, so that none of them ever takes anything older for new. */
export const tellDesired = async (operation: Operation): Promise<void> => {
  const { desired, signatures } = operation.stores;
  if (signatures.trust === undefined) return;
  const context = operation.context("publish");
  const found = await desired.read(context);
  if (found === undefined) return;
  const { epoch } = operation.lock;
  await Promise.all(
    operation.fleet.working.map(async (member) => {
      try {
        await member.openHost.desired({ epoch, bytes: found.bytes }, operation.context("publish", member.id));
      } catch (error) {
        operation.signal.throwIfAborted();
        operation.reporter.warnError(error, { instance: member.id, step: "publish" });
      }
    }),
  );
};
