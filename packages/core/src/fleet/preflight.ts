import type { Problem } from "../contracts/common.ts";
import type { InstallPlan } from "../contracts/installer.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import { hostErrors, isToldCode } from "../errors/host-codes.ts";
import type { Trust } from "../signing/trust.ts";
import type { FleetMember } from "./member.ts";
import { trustProblems } from "./trust.ts";
import { userProblems } from "./users.ts";

/** How far an instance's clock may differ: signatures, TLS and caches go wrong beyond it. */
const clockLimitSeconds = 300;

/** A release needs its own size, a copy of what is unpacked, and room for the application to breathe. */
const spaceFactor = 1.1;
const spaceReserveBytes = 16 << 20;
const inodeReserve = 256;

/** What a release will need on an instance. */
export interface Need {
  readonly filesBytes: number;
  readonly entries: number;
}

/** Before the first release: an instance that has not even room to breathe is found all the same. */
const unknownNeed: Need = { filesBytes: 0, entries: 0 };

const problem = (error: HawserError, where: string): Problem => ({
  ...error.report(),
  where,
  severity: "error",
});

const size = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;

const spaceProblems = (member: FleetMember, need: Need): HawserError[] => {
  const survey = member.survey;
  if (survey === undefined) return [];
  const errors: HawserError[] = [];
  const bytes = need.filesBytes * spaceFactor + spaceReserveBytes;
  if (survey.freeBytes >= 0 && survey.freeBytes < bytes)
    errors.push(engineErrors.HWS_FLEET_SPACE([size(bytes), size(survey.freeBytes)]));
  if (survey.freeInodes >= 0 && survey.freeInodes < need.entries + inodeReserve)
    errors.push(
      engineErrors.HWS_FLEET_SPACE([`${need.entries + inodeReserve} inodes`, `${survey.freeInodes} inodes`]),
    );
  return errors;
};

const clockProblems = (member: FleetMember, nowSeconds: number): HawserError[] => {
  const skew = Math.round((member.survey?.clockSeconds ?? nowSeconds) - nowSeconds);
  return Math.abs(skew) > clockLimitSeconds ? [engineErrors.HWS_FLEET_CLOCK([skew])] : [];
};

const toolProblems = (member: FleetMember, plan: InstallPlan): HawserError[] => {
  const tools = member.survey?.tools ?? {};
  if (plan.check?.http !== undefined && tools.curl !== true && tools.wget !== true)
    return [engineErrors.HWS_FLEET_TOOL(["curl or wget", "the health check asks over HTTP"])];
  return [];
};

/** Instances that are deployed to all the same, since the deployer opens what is stored, and that cannot start without it. */
export const sealingProblems = (members: readonly FleetMember[]): Problem[] =>
  members.flatMap((member) => {
    if (member.survey === undefined) return [];
    const { tools, identity } = member.survey;
    const lacks = [...(tools.age === true ? [] : ["program age"]), ...(identity ? [] : ["identity of age"])];
    if (lacks.length === 0) return [];
    const found = problem(engineErrors.HWS_FLEET_SEALED([lacks.join(" and no ")]), member.id);
    return [{ ...found, severity: "warning" as const }];
  });

/** An instance without a session has two mends: its own, and doing without it. */
const silentProblem = (error: HawserError, where: string): Problem => {
  const found = problem(error, where);
  const without = `Or do without it: \`rollout.unreachable: skip\` leaves it out of the load balancer.`;
  return { ...found, hint: found.hint === undefined ? without : `${found.hint} ${without}` };
};

/** What the host program found, with the mend that the catalogue has for it. */
const told = (code: string, message: string): Pick<Problem, "code" | "message" | "hint"> =>
  isToldCode(code) ? hostErrors[code]([message]).report() : { code, message };

/** Every problem that the surveys show, before anything is changed. */
export const surveyProblems = (
  members: readonly FleetMember[],
  plan: InstallPlan,
  need: Need | undefined,
  nowSeconds: number,
  trust: Trust | undefined,
): Problem[] =>
  members.flatMap((member) => {
    if (member.error !== undefined) return [silentProblem(member.error, member.id)];
    const seen = (member.survey?.problems ?? []).map(
      ({ code, message }): Problem => ({ ...told(code, message), where: member.id, severity: "error" }),
    );
    const found = [
      ...spaceProblems(member, need ?? unknownNeed),
      ...clockProblems(member, nowSeconds),
      ...toolProblems(member, plan),
      ...userProblems(member),
      ...trustProblems(member, trust),
    ];
    return [...seen, ...found.map((error) => problem(error, member.id))];
  });
