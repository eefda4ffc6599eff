import type { Kind } from "../contracts/kinds.ts";
import { configProblems } from "../errors/config-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { pluginErrors } from "../errors/plugin-codes.ts";
import type { Plugin } from "../plugin/define.ts";
import { loadModuleOf, loadPlugin } from "../plugin/load.ts";
import type { LoadModule } from "../plugin/module.ts";
import { type DataMap, type Finding, isMap } from "./data.ts";
import { isOneBlock } from "./envelope.schema.ts";
import type { Origins } from "./merge.ts";
import { checkOptions } from "./options.ts";
import type { Path } from "./path.ts";
import type { Resolved } from "./references.ts";
import { mayBeSecret } from "./secret-places.ts";
import type { NormalConfig, StepBlock, WiredBlock } from "./types.ts";

/** One place of a config where a plugin stands. */
export interface Slot {
  readonly kind: Kind;
  readonly path: Path;
  readonly block: DataMap;
}

const single: readonly Kind[] = ["source", "storage", "transport", "installer", "inventory"];

/** Every place of a config where a plugin stands, leaving out what is no block. */
export const slotsOf = (data: DataMap): readonly Slot[] => {
  const slots: Slot[] = [];
  const add = (kind: Kind, path: Path, block: unknown) => {
    if (isMap(block) && "use" in block) slots.push({ kind, path, block });
  };
  for (const kind of single) add(kind, [kind], data[kind]);
  if (isOneBlock(data.loadBalancer)) add("loadBalancer", ["loadBalancer"], data.loadBalancer);
  else if (isMap(data.loadBalancer)) {
    for (const [name, block] of Object.entries(data.loadBalancer)) {
      add("loadBalancer", ["loadBalancer", name], block);
    }
  }
  if (Array.isArray(data.listeners)) {
    for (const [index, block] of data.listeners.entries()) add("listener", ["listeners", index], block);
  }
  return slots;
};

export interface WireRequest {
  readonly resolved: Resolved;
  readonly origins: Origins;
  readonly baseDirectory: string;
  readonly loadModule?: LoadModule | undefined;
}

export interface WiredSlot extends Slot {
  readonly wired: WiredBlock<Kind>;
  /** How much is wrong with its options. */
  readonly findings: number;
}

interface Findings {
  readonly findings: readonly Finding[];
}

interface WiredSlots extends Findings {
  readonly slots: readonly WiredSlot[];
}

interface Steps extends Findings {
  readonly steps: NormalConfig["steps"];
}

export interface Wiring extends WiredSlots, Steps {}

/** What a plugin itself finds wrong in options that passed its schema. */
const told = (plugin: Plugin<Kind, never>, options: unknown, path: Path): readonly Finding[] => {
  try {
    return (plugin.problems?.(options as never) ?? []).map((error) => {
      const inside = Array.isArray(error.details.path) ? (error.details.path as Path) : [];
      return { path: [...path, ...inside], error };
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [{ path, error: pluginErrors.HWS_PLUGIN_THREW([plugin.name, why], { cause: error }) }];
  }
};

const wireSlot = async (slot: Slot, request: WireRequest): Promise<WiredSlots> => {
  const baseDirectoryOf = (path: Path) =>
    request.origins.of(path)?.document.baseDirectory ?? request.baseDirectory;
  const usePath = [...slot.path, "use"];
  const { plugin, specifier, problems } = await loadPlugin({
    use: slot.block.use,
    kind: slot.kind,
    baseDirectory: baseDirectoryOf(usePath),
    loadModule: request.loadModule,
  });
  if (plugin === undefined) {
    return { slots: [], findings: problems.map((error) => ({ path: usePath, error })) };
  }
  const given = slot.block.with ?? {};
  const path = [...slot.path, "with"];
  if (!isMap(given)) return { slots: [], findings: [] };
  const { secrets, variables } = request.resolved;
  const checked = checkOptions({
    specifier,
    schema: plugin.schema,
    options: given,
    path,
    secrets,
    variables,
    baseDirectoryOf,
  });
  const wired = { plugin, specifier, options: checked.options };
  const findings = checked.findings.length > 0 ? checked.findings : told(plugin, checked.options, path);
  return { slots: [{ ...slot, wired, findings: findings.length }], findings };
};

/** Secrets belong into `with` and few other places; anywhere else they would be stored or shown. */
const misplaced = (resolved: Resolved): readonly Finding[] =>
  [...resolved.secrets].flatMap(([key, shown]) => {
    const path = JSON.parse(key) as string[];
    return mayBeSecret(path) ? [] : [{ path, error: configProblems.HWS_CONFIG_SECRET_MISPLACED([shown]) }];
  });

/** Loads the module of every step that names one; what it must export is for the flow to say. */
const loadSteps = async (request: WireRequest): Promise<Steps> => {
  const { steps } = request.resolved.data;
  const loaded: Record<string, StepBlock | null> = {};
  const findings: Finding[] = [];
  for (const [key, block] of Object.entries(isMap(steps) ? steps : {})) {
    loaded[key] = block as StepBlock | null;
    if (!isMap(block) || typeof block.use !== "string") continue;
    const path = ["steps", key, "use"];
    const baseDirectory = request.origins.of(path)?.document.baseDirectory ?? request.baseDirectory;
    try {
      const step = await loadModuleOf({ use: block.use, baseDirectory, loadModule: request.loadModule });
      loaded[key] = { ...(block as unknown as StepBlock), use: step };
    } catch (error) {
      if (!HawserError.is(error)) throw error;
      findings.push({ path, error });
    }
  }
  return { steps: loaded, findings };
};

/** Loads every plugin of a config and checks its options; gathers all that is wrong. */
export const wirePlugins = async (request: WireRequest): Promise<Wiring> => {
  const wirings = await Promise.all(slotsOf(request.resolved.data).map((slot) => wireSlot(slot, request)));
  const { steps, findings } = await loadSteps(request);
  return {
    slots: wirings.flatMap((wiring) => wiring.slots),
    steps,
    findings: [...misplaced(request.resolved), ...wirings.flatMap((wiring) => wiring.findings), ...findings],
  };
};
