import type { RunResult } from "@hawser/core";
import type { BalancerState } from "./balancer.ts";
import { currentIn, faultsOf } from "./release-on-disk.ts";
import type { Stage } from "./stage.ts";

/** What must hold on a stage. Whatever is left out must be as it is on a whole one. */
export interface Expected {
  /** The release of every instance; by default all run the one that is desired. */
  readonly release?: string | Readonly<Record<string, string>>;
  /** By instance; default `in` for all. */
  readonly balancer?: Readonly<Record<string, BalancerState>>;
  /** Instances that are not looked at: they are switched off or gone. */
  readonly without?: readonly string[];
  /** Paths of a release that its install makes. */
  readonly generated?: readonly string[];
}

const diskFaults = async (stage: Stage, expected: Expected, wanted: string | null): Promise<string[]> => {
  const looked = stage.fleet.instances.filter(({ id }) => expected.without?.includes(id) !== true);
  const found = await Promise.all(
    looked.map(async ({ id, folder }) => {
      const current = currentIn(folder);
      const own = typeof expected.release === "object" ? expected.release[id] : (expected.release ?? wanted);
      if (current === null) return [`${id} has no current release`];
      const faults = await faultsOf(folder, stage.objects, current, expected.generated);
      return [
        ...(current === own ? [] : [`${id} runs ${current} and not ${own}`]),
        ...faults.slice(0, 5).map((fault) => `${id}: ${fault}`),
      ];
    }),
  );
  return found.flat();
};

const balancerFaults = async (stage: Stage, expected: Expected): Promise<string[]> => {
  const states = await stage.balancer();
  return stage.fleet.instances
    .filter(({ id }) => expected.without?.includes(id) !== true || expected.balancer?.[id] !== undefined)
    .flatMap(({ id }) => {
      const wanted = expected.balancer?.[id] ?? "in";
      return states[id] === wanted ? [] : [`${id} is ${states[id]} in the load balancer and not ${wanted}`];
    });
};

/** What `hawser status` says beside what the disks say. */
const statusFaults = (result: RunResult | undefined, expected: Expected): string[] => {
  if (result === undefined) return ["hawser status gave no result"];
  if (result.desired === null) return [`hawser status knows of no desired release: ${result.error?.message}`];
  return result.instances
    .filter(({ id }) => expected.without?.includes(id) !== true)
    .flatMap(({ id, drift = [] }) => drift.map((path) => `status says that ${path} of ${id} drifted`));
};

/** Everything that is not as it must be, in sentences; empty on a whole stage. */
export const faults = async (stage: Stage, expected: Expected = {}): Promise<string[]> => {
  const { result } = await stage.hawser("status");
  return [
    ...(await diskFaults(stage, expected, result?.desired ?? null)),
    ...(await balancerFaults(stage, expected)),
    ...statusFaults(result, expected),
  ];
};
