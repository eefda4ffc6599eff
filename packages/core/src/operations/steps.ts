import type { LoadedConfig } from "../config/load.ts";
import { placeOfText } from "../config/place.ts";
import type { CommandLine, FlowReport, LineOrigin, StepLine } from "../contracts/flow-report.ts";
import type { Installer, InstallPlan } from "../contracts/installer.ts";
import { phasesOfDeploy, planPhases } from "../contracts/plan-phases.ts";
import type { DeskParts } from "../engine/desk.ts";
import { Holdings } from "../engine/holdings.ts";
import { pluginContexts } from "../engine/plugin-contexts.ts";
import { createTableProviders, free, type Providers } from "../engine/providers.ts";
import type { Flow } from "../steps/flow.ts";
import { wholeTable } from "../steps/table.ts";
import { builtInSteps } from "./launch.ts";

type OriginOf = (origin: string) => LineOrigin;

/** The table that a deploy of this config would run. Nothing is dialled and nothing read but the config. */
export const describeFlow = async (
  loaded: LoadedConfig,
  parts: Omit<DeskParts, "sinks">,
): Promise<FlowReport> => {
  const { config } = parts;
  await using holdings = new Holdings();
  const { installer, inventory } = await createTableProviders(config, pluginContexts(parts, holdings));
  try {
    const plan = installer.plan({ roles: [] });
    const originOf: OriginOf = (origin) => {
      const place = placeOfText(loaded, /\bsteps\..+$|\binstaller\.with\..+$/.exec(origin)?.[0] ?? "");
      return { origin, ...(place !== undefined && { place }) };
    };
    const check = plan.check && { ...plan.check, ...originOf(checkOrigin(loaded)) };
    return {
      application: config.application,
      environment: config.environment,
      steps: stepLines({ installer, inventory }, plan, config, originOf),
      commands: commandLines(installer, plan, loaded, originOf),
      ...(check !== undefined && { check }),
    };
  } finally {
    await free([inventory, installer]);
  }
};

/** Steps are made for a flow and touch it when they run; only whether there is a step at all is asked before. */
const flowOf = (
  providers: Pick<Providers, "installer" | "inventory">,
  plan: InstallPlan,
  config: DeskParts["config"],
): Flow => ({ operation: { plan, desk: { providers, config } } }) as unknown as Flow;

const stepLines = (
  providers: Pick<Providers, "installer" | "inventory">,
  plan: InstallPlan,
  config: DeskParts["config"],
  originOf: OriginOf,
): readonly StepLine[] =>
  wholeTable(builtInSteps(flowOf(providers, plan, config)), config.steps).map(
    ({ step, origin, skipped }) => ({
      name: step.name,
      where: step.where,
      needs: step.needs,
      gives: Object.keys(step.gives),
      ...originOf(origin),
      ...(skipped !== undefined && { skipped: originOf(skipped) }),
    }),
  );

const commandLines = (
  installer: Installer,
  plan: InstallPlan,
  loaded: LoadedConfig,
  originOf: OriginOf,
): readonly CommandLine[] => {
  const named = loaded.config?.installer.plugin.name ?? "the installer";
  const skipped = installer.skipped?.() ?? [];
  return phasesOfDeploy.flatMap((phase) => [
    ...planPhases[phase](plan).map(({ origin = named, ...command }): CommandLine => {
      const user = command.user === undefined && phase !== "prepare" ? plan.user : command.user;
      return { phase, ...command, ...(user !== undefined && { user }), ...originOf(origin) };
    }),
    ...skipped
      .filter((command) => command.phase === phase)
      .map(({ name, origin, by }) => ({ phase, name, ...originOf(origin), skipped: originOf(by) })),
  ]);
};

const checkOrigin = ({ merged, config }: LoadedConfig): string => {
  const given = (merged.data.installer as { readonly with?: { readonly check?: unknown } } | undefined)?.with;
  return given?.check === undefined
    ? (config?.installer.plugin.name ?? "the installer")
    : "installer.with.check";
};
