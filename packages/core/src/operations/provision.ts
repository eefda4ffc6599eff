import type { OperationContext, Problem } from "../contracts/common.ts";
import type { Provision } from "../contracts/engine-reports.ts";
import type { ProvisionRequest } from "../contracts/engine-requests.ts";
import type { InstallPlan } from "../contracts/installer.ts";
import { Secret } from "../contracts/secret.ts";
import type { InstanceReader } from "../contracts/storage.ts";
import type { Desk } from "../engine/operation.ts";
import { version } from "../engine/version.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import { provisionErrors } from "../errors/provision-codes.ts";
import { hostProgram } from "../host/program.ts";
import { bootScript } from "../provision/boot-script.ts";
import { systemdUnit } from "../provision/unit.ts";
import { expiryWarning } from "../state/expiry.ts";
import { environmentKeys } from "../state/keys.ts";
import { configPlan } from "./workplace.ts";

const defaultWaitMs = 30 * 60_000;

/** The boot script of an environment, with everything that it needs in it. Throws what would leave new instances out. */
export const provision = async (desk: Desk, request: ProvisionRequest): Promise<Provision> => {
  const { application, environment, root } = desk.config;
  const context = desk.reporter.operation(desk.control.signal, "provision");
  const reader = await readerOf(desk, context);
  const { trust } = desk.stores.signatures;
  if (trust === undefined && request.unsigned !== true) throw provisionErrors.HWS_PROVISION_UNSIGNED([]);
  const desired = (await desk.stores.desired.read(context))?.state;
  const plans = [configPlan(desk)];
  if (desired !== undefined) plans.push(await desk.stores.releases.getPlan(desired.plan, context));
  const secrets = secretsOf(desk, request);
  await refuseSecrets(desk, plans, secrets, context);
  const name = environment === "" ? application : `${application}-${environment}`;
  const path = request.path ?? `/etc/hawser/${name}.sh`;
  const script = bootScript(
    {
      version,
      application,
      environment,
      root,
      roles: request.roles ?? [],
      reader,
      trust,
      minimumVersion: desired?.version ?? 0,
      sealed: desk.stores.sealing.seals,
      secretsPublished: secrets === "published",
      ...(typeof secrets === "object" && { secretsCommand: secrets.command }),
      ready: request.ready ?? [],
      waitMs: request.waitMs ?? defaultWaitMs,
    },
    hostProgram(),
  );
  const unit = systemdUnit({
    application,
    environment,
    root,
    script: path,
    ...(request.user !== undefined && { user: request.user }),
  });
  const expiry = desired && expiryWarning(desired);
  const warnings = [
    ...(expiry === undefined ? [] : [expiry]),
    ...(trust === undefined ? [provisionErrors.HWS_PROVISION_UNSIGNED([])] : []),
    ...(desired === undefined
      ? [provisionErrors.HWS_PROVISION_NOTHING([environment || "the top level"])]
      : []),
    ...plainWarning(reader),
    ...rolesWarning(plans, request),
  ];
  return { script: new Secret(script), unit, path, warnings: warnings.map(warningOf) };
};

const warningOf = (error: HawserError): Problem => ({ ...error.report(), severity: "warning" });

const readerOf = async (desk: Desk, context: OperationContext): Promise<InstanceReader> => {
  const { application, environment, storage } = desk.config;
  const reader = await desk.providers.storage.readerFor?.({ application, environment }, context);
  if (reader === undefined) throw provisionErrors.HWS_PROVISION_NO_READER([storage.specifier]);
  return reader;
};

/** What is asked for, else what the config says; a machine with a boot script has no session. */
const secretsOf = ({ config }: Desk, { secrets }: ProvisionRequest): ProvisionRequest["secrets"] => {
  const configured = config.provision?.secrets;
  return secrets ?? (configured === "session" ? undefined : configured);
};

/** A secret that a newcomer could not obtain would show itself only when an instance is needed. */
const refuseSecrets = async (
  desk: Desk,
  plans: readonly InstallPlan[],
  secrets: ProvisionRequest["secrets"],
  context: OperationContext,
): Promise<void> => {
  const names = [...new Set(plans.flatMap((plan) => plan.secrets))].sort();
  if (names.length > 0 && secrets === undefined) throw provisionErrors.HWS_PROVISION_SECRETS([names]);
  if (secrets !== "published") return;
  const { secrets: key } = environmentKeys(desk.config.application, desk.config.environment);
  const stored = await desk.stores.storage.stat({ key }, context);
  if (stored === undefined) throw provisionErrors.HWS_PROVISION_NOT_PUBLISHED([key]);
};

const plainWarning = (reader: InstanceReader): HawserError[] =>
  reader.kind === "https" && reader.url.startsWith("http:")
    ? [provisionErrors.HWS_PROVISION_PLAIN([new URL(reader.url).origin])]
    : [];

/** Commands for roles are passed over by machines without any: mostly somebody forgot to name them. */
const rolesWarning = (plans: readonly InstallPlan[], { roles = [] }: ProvisionRequest): HawserError[] => {
  const asked = plans.flatMap(({ install, activate }) =>
    [...install, ...activate].flatMap((c) => c.roles ?? []),
  );
  return roles.length > 0 || asked.length === 0
    ? []
    : [provisionErrors.HWS_PROVISION_ROLES([[...new Set(asked)].sort()])];
};
