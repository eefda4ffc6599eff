import type { DeployPlan, DeployRequest } from "../contracts/engine-requests.ts";
import type { Revision } from "../contracts/source.ts";
import { buildKey } from "../engine/build.ts";
import type { Desk } from "../engine/operation.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { sha256 } from "../state/content.ts";
import type { DesiredState } from "../state/desired.ts";
import { digestGrammar, releaseGrammar } from "../state/fields.ts";
import { renderPlan } from "../state/plan-document.ts";
import { resolve } from "../steps/source-steps.ts";
import { configPlan } from "./workplace.ts";

/** The digest under which a run would store the config's install plan. */
export const installPlanDigest = (desk: Desk): string => `sha256-${sha256(renderPlan(configPlan(desk)))}`;

/** What was looked at, as far as it names what goes out; undefined when nothing would say whether it is still the same. */
export const deployPlanOf = (
  desk: Desk,
  looked: {
    readonly ref: string | undefined;
    readonly revision: Revision;
    readonly release: string | undefined;
    readonly origin: string | undefined;
    readonly artifact: string | undefined;
    readonly desired: DesiredState | undefined;
  },
): DeployPlan | undefined => {
  const { ref, revision, release, origin, artifact, desired } = looked;
  if (!revision.exact && artifact === undefined) return undefined;
  return {
    hawserPlan: 1,
    application: desk.config.application,
    environment: desk.config.environment,
    ref: ref ?? null,
    revision: revision.id,
    exact: revision.exact,
    release: release ?? null,
    origin: origin ?? null,
    artifact: artifact ?? null,
    installPlan: installPlanDigest(desk),
    build: buildKey(desk.config, configPlan(desk), revision.id),
    from: desired?.release ?? null,
    version: desired?.version ?? 0,
  };
};

const text = (value: unknown, grammar: RegExp): boolean => typeof value === "string" && grammar.test(value);
const nullOr = (value: unknown, grammar: RegExp): boolean => value === null || text(value, grammar);
const name = /^[a-z0-9-]{0,63}$/;
const word = /^[^\p{Cc}]{1,1000}$/u;

const fits: { readonly [K in keyof DeployPlan]: (value: unknown) => boolean } = {
  hawserPlan: (value) => value === 1,
  application: (value) => text(value, name),
  environment: (value) => text(value, name),
  ref: (value) => nullOr(value, word),
  revision: (value) => text(value, /^[!-~]{1,200}$/),
  exact: (value) => typeof value === "boolean",
  release: (value) => nullOr(value, releaseGrammar),
  origin: (value) => nullOr(value, name),
  artifact: (value) => nullOr(value, digestGrammar),
  installPlan: (value) => text(value, digestGrammar),
  build: (value) => text(value, /^[0-9a-f]{64}$/),
  from: (value) => nullOr(value, releaseGrammar),
  version: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
};

/** A plan may have lain in a file: it is outside data until every field fits. */
export const checkedPlan = (given: unknown): DeployPlan => {
  if (typeof given !== "object" || given === null) throw engineErrors.HWS_PLAN_INVALID(["it is no object"]);
  const plan = given as Record<string, unknown>;
  for (const [field, fit] of Object.entries(fits))
    if (!Object.hasOwn(plan, field) || !fit(plan[field]))
      throw engineErrors.HWS_PLAN_INVALID([`its ${field} is missing or does not fit`]);
  return Object.fromEntries(Object.keys(fits).map((field) => [field, plan[field]])) as unknown as DeployPlan;
};

const stale = (why: string) => engineErrors.HWS_PLAN_STALE([why]);

/**
 * What a deploy has to do to put out exactly what was looked at. Whatever has changed since, in the environment or in the
 * config, is `HWS_PLAN_STALE`; to be asked under the lock.
 */
export const requestOfPlan = async (
  desk: Desk,
  request: DeployRequest,
  openRun: string | undefined,
): Promise<DeployRequest & { readonly artifact?: string; readonly revision?: Revision }> => {
  if (request.plan === undefined) return request;
  const { plan: given, ...rest } = request;
  const plan = checkedPlan(given);
  const context = desk.reporter.operation(desk.control.signal, "plan");
  refuseForeign(desk, plan);
  if (openRun !== undefined) throw stale(`run ${openRun} is open`);
  const desired = (await desk.stores.desired.read(context))?.state;
  const now = desired?.release ?? null;
  if (now !== plan.from)
    throw stale(`release ${now ?? "none"} is in service now, it was ${plan.from ?? "none"}`);
  if ((desired?.version ?? 0) !== plan.version)
    throw stale(`the desired state has moved from version ${plan.version} to ${desired?.version ?? 0}`);
  if (plan.installPlan !== installPlanDigest(desk)) throw stale("the config makes another install plan now");
  if (plan.build !== buildKey(desk.config, configPlan(desk), plan.revision))
    throw stale("the config's source or its prepare commands have changed");
  const artifact = plan.artifact === null ? {} : { artifact: plan.artifact };
  if (plan.release !== null)
    return {
      ...rest,
      ...artifact,
      release: plan.release,
      ...(plan.origin !== null && { from: plan.origin }),
    };
  return { ...rest, ...artifact, revision: await sameRevision(desk, plan) };
};

const refuseForeign = ({ config }: Desk, plan: DeployPlan): void => {
  if (plan.application !== config.application) throw stale(`it is for application ${plan.application}`);
  if (plan.environment !== config.environment)
    throw stale(`it is for environment ${plan.environment || "(top level)"}`);
};

/** The revision is asked for by its own name; a source that knows it only by its ref must still say the same. */
const sameRevision = async (desk: Desk, plan: DeployPlan): Promise<Revision> => {
  const context = desk.reporter.operation(desk.control.signal, "resolve");
  const byRef = (): Promise<Revision> => resolve(desk, plan.ref ?? undefined, context);
  const found = plan.exact
    ? await resolve(desk, plan.revision, context).catch((error: unknown) => {
        desk.control.signal.throwIfAborted();
        return byRef().catch(() => Promise.reject(error));
      })
    : await byRef();
  if (found.id !== plan.revision) throw stale(`${plan.ref ?? plan.revision} is ${found.id} now`);
  return found;
};
