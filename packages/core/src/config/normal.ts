import { type DataMap, isMap } from "./data.ts";
import type { Keep, NormalConfig, Rollout } from "./types.ts";
import type { WiredSlot } from "./wire.ts";

const defaultKeep = 5;

const defaultRollout: Rollout = {
  maxUnavailable: "25%",
  minHealthy: 0,
  waves: ["100%"],
  drain: "auto",
  unreachable: "abort",
  drainTimeoutMs: 5 * 60_000,
  onDrainTimeout: "force",
};

const keepOf = (given: unknown): Keep => {
  if (typeof given === "number") return { instances: given, storage: given };
  return { instances: defaultKeep, storage: defaultKeep, ...(isMap(given) ? given : {}) };
};

const named = (slots: readonly WiredSlot[]): NormalConfig["loadBalancers"] =>
  Object.fromEntries(
    slots
      .filter(({ kind }) => kind === "loadBalancer")
      .map(({ path, block, wired }) => {
        const { roles, port } = block as { roles?: readonly string[]; port?: number };
        const extra = { ...(roles !== undefined && { roles }), ...(port !== undefined && { port }) };
        return [String(path[1] ?? "default"), { ...wired, ...extra }];
      }),
  ) as NormalConfig["loadBalancers"];

export interface NormalRequest {
  /** Valid, by the envelope's schema. */
  readonly data: DataMap;
  readonly environment: string;
  readonly slots: readonly WiredSlot[];
  readonly steps: NormalConfig["steps"];
  readonly baseDirectory: string;
}

/** Fills in every default; the one function that knows them. */
export const normalise = (request: NormalRequest): NormalConfig => {
  const { data, environment, slots, steps, baseDirectory } = request;
  const config = data as Partial<NormalConfig> & { app: string; keep?: unknown; lock?: { ttlMs?: number } };
  const wired = (kind: string) => slots.find((slot) => slot.kind === kind)?.wired;
  const listeners = slots
    .filter(({ kind }) => kind === "listener")
    .map(({ block, wired }) => ({ ...wired, ...(block.on !== undefined && { on: block.on }) }));
  return {
    application: config.app,
    environment,
    root: config.root ?? `/srv/${config.app}`,
    keep: keepOf(config.keep),
    source: wired("source"),
    storage: wired("storage"),
    transport: wired("transport"),
    installer: wired("installer"),
    inventory: wired("inventory"),
    loadBalancers: named(slots),
    listeners,
    steps,
    concurrency: config.concurrency ?? 32,
    rollout: { ...defaultRollout, ...config.rollout },
    lock: { ttlMs: config.lock?.ttlMs ?? 60_000 },
    ...(config.signing !== undefined && { signing: config.signing }),
    ...(config.encryption !== undefined && { encryption: config.encryption }),
    delivery: config.delivery ?? "auto",
    ...(config.provision !== undefined && { provision: config.provision }),
    confirm: config.confirm ?? false,
    baseDirectory,
  } as unknown as NormalConfig;
};
