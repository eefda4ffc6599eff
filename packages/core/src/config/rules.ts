import { configProblems } from "../errors/config-codes.ts";
import { type DataMap, type Finding, isMap } from "./data.ts";
import { isOneBlock } from "./envelope.schema.ts";
import type { Path } from "./path.ts";

/** The merged config of one environment, before defaults, whatever shape it has. */
export interface RuleInput {
  readonly data: DataMap;
  readonly environment: string;
  readonly environments: readonly string[];
}

type Rule = (input: RuleInput) => readonly Finding[];

const finding = (path: Path, what: string, hint?: string): Finding => ({
  path,
  error: configProblems.HWS_CONFIG_RULE([what], hint === undefined ? {} : { hint }),
});

const percent = (value: unknown): number | undefined => {
  const digits = typeof value === "string" ? /^(\d{1,3})%$/.exec(value)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
};

const rolloutOf = (data: DataMap): DataMap => (isMap(data.rollout) ? data.rollout : {});

const appName: Rule = ({ data: { app } }) =>
  typeof app !== "string" || /^[a-z0-9][a-z0-9-]{0,62}$/.test(app)
    ? []
    : [finding(["app"], "is not of [a-z0-9-], at most 63 characters, beginning with a letter or digit")];

const environmentNames: Rule = ({ environments }) =>
  environments
    .filter((name) => !/^[a-z0-9][a-z0-9-]{0,62}$/.test(name))
    .map((name) =>
      finding([], `the environment ${JSON.stringify(name)} is not of [a-z0-9-], at most 63 characters`),
    );

const rootPath: Rule = ({ data: { root } }) => {
  if (typeof root !== "string") return [];
  const fits = /^\/[A-Za-z0-9._/-]+$/.test(root);
  const plain = !root.split("/").some((part, index) => index > 0 && ["", ".", ".."].includes(part));
  return fits && plain
    ? []
    : [
        finding(
          ["root"],
          "is not an absolute path of [A-Za-z0-9._/-] without `.`, `..`, `//` and a last `/`",
        ),
      ];
};

const keepsOne: Rule = ({ data: { keep } }) => {
  const entries: [Path, unknown][] =
    typeof keep === "number"
      ? [[["keep"], keep]]
      : Object.entries(isMap(keep) ? keep : {}).map(([name, value]) => [["keep", name], value]);
  return entries
    .filter(([, value]) => typeof value === "number" && value < 1)
    .map(([path]) => finding(path, "must be at least 1: the release in service is always kept"));
};

const unavailableMeansSome: Rule = ({ data }) => {
  const value = rolloutOf(data).maxUnavailable;
  const share = percent(value) ?? (typeof value === "number" ? value : 1);
  const over = (percent(value) ?? 0) > 100;
  return share >= 1 && !over
    ? []
    : [finding(["rollout", "maxUnavailable"], "must be at least 1, or from 1% to 100%")];
};

const healthyMeansShare: Rule = ({ data }) =>
  (percent(rolloutOf(data).minHealthy) ?? 0) <= 100
    ? []
    : [finding(["rollout", "minHealthy"], "must be at most 100%")];

const wavesRise: Rule = ({ data }) => {
  const { waves } = rolloutOf(data);
  if (!Array.isArray(waves)) return [];
  const found: Finding[] = [];
  for (const [index, wave] of waves.entries()) {
    const path = ["rollout", "waves", index];
    const share = percent(wave);
    if (wave === 0 || share === 0 || (share ?? 0) > 100) {
      found.push(finding(path, "must be at least 1, or from 1% to 100%"));
    }
    const before: unknown = waves[index - 1];
    const smaller =
      share === undefined || percent(before) === undefined
        ? typeof wave === "number" && typeof before === "number" && wave <= before
        : share <= (percent(before) ?? 0);
    if (index > 0 && smaller) found.push(finding(path, "must be more than the wave before it"));
  }
  return found;
};

const lastWaveIsAll: Rule = ({ data }) => {
  const { waves } = rolloutOf(data);
  if (!Array.isArray(waves) || waves.length === 0 || waves.at(-1) === "100%") return [];
  return [
    finding(
      ["rollout", "waves", waves.length - 1],
      "the last wave must be 100%: it is every instance that is left",
      "add `100%` as the last wave",
    ),
  ];
};

const checkAsks: Rule = ({ data }) => {
  const { check } = rolloutOf(data);
  if (!isMap(check) || check.command !== undefined || check.http !== undefined) return [];
  return [finding(["rollout", "check"], "asks nothing", "give it `command` or `http`")];
};

/** Who writes a pause or a check means it to hold something up. */
const gateStands: Rule = ({ data }) => {
  const { waves, pause, check } = rolloutOf(data);
  if ((pause === undefined && check === undefined) || (Array.isArray(waves) && waves.length > 1)) return [];
  const path = ["rollout", pause === undefined ? "check" : "pause"];
  return [
    {
      ...finding(path, "has no effect: there is one wave only", "give `waves`, as [1, 25%, 100%]"),
      severity: "warning" as const,
    },
  ];
};

const stepPlaces: Rule = ({ data: { steps } }) =>
  Object.entries(isMap(steps) ? steps : {})
    .filter(([, step]) => isMap(step) && step.before !== undefined && step.after !== undefined)
    .map(([name]) => finding(["steps", name], "has both `before` and `after`", "keep one of the two"));

const rolesIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(rolesIn);
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === "roles" && Array.isArray(item) ? item.filter((role) => typeof role === "string") : rolesIn(item),
  );
};

/** Roles come from the inventory; where its options name some, others are most likely mistyped. */
const memberRolesKnown: Rule = ({ data }) => {
  const known = new Set(rolesIn(isMap(data.inventory) ? data.inventory.with : undefined));
  if (known.size === 0 || !isMap(data.loadBalancer)) return [];
  known.add("web");
  const blocks: [Path, unknown][] = isOneBlock(data.loadBalancer)
    ? [[["loadBalancer"], data.loadBalancer]]
    : Object.entries(data.loadBalancer).map(([name, block]) => [["loadBalancer", name], block]);
  return blocks.flatMap(([path, block]) =>
    (isMap(block) && Array.isArray(block.roles) ? block.roles : [])
      .filter((role) => !known.has(role))
      .map((role) => ({
        ...finding([...path, "roles"], `no instance of the inventory's options has the role ${role}`),
        severity: "warning" as const,
      })),
  );
};

const rules: readonly Rule[] = [
  appName,
  environmentNames,
  rootPath,
  keepsOne,
  unavailableMeansSome,
  healthyMeansShare,
  wavesRise,
  lastWaveIsAll,
  checkAsks,
  gateStands,
  stepPlaces,
  memberRolesKnown,
];

/** What a schema cannot say: how the parts of a config fit together. */
export const applyRules = (input: RuleInput): readonly Finding[] => rules.flatMap((rule) => rule(input));
