import { configProblems } from "../errors/config-codes.ts";
import { type DataMap, type Finding, isMap } from "./data.ts";
import { factOf } from "./plugin-fact.ts";
import type { WiredSlot } from "./wire.ts";

const choices =
  "`laid` (files of the image), `command` (a command of the image), `published` (sealed in storage), or `session` (only a deployer " +
  "brings them): docs/guide/self-provisioning.md";

/**
 * A secret that a new instance could not obtain. It is asked only where instances come to be without a deploy: where the
 * config says how they are provisioned, or its inventory is elastic. A fleet that a person lists gets its secrets from runs.
 */
export const newcomerFindings = (data: DataMap, slots: readonly WiredSlot[]): readonly Finding[] => {
  const { provision } = data;
  if (provision !== undefined && provision !== null && !isMap(provision)) return [];
  const [installer, inventory] = ["installer", "inventory"].map((kind) =>
    slots.find((slot) => slot.kind === kind),
  );
  const names = installer === undefined ? [] : factOf(installer, "secretNames", []);
  if (names.length === 0) return [];
  const secrets = isMap(provision) ? provision.secrets : undefined;
  if (secrets === "published") return publishedFindings(data);
  if (secrets !== undefined) return [];
  const elastic = inventory !== undefined && factOf(inventory, "elastic", false);
  if (!isMap(provision) && !elastic) return [];
  const wanted = [...names].sort().join(", ");
  const what = isMap(provision)
    ? `does not say where a new instance has ${wanted} from`
    : `is missing: instances of this inventory come to be without a deploy, and nothing says where a new one has ${wanted} from`;
  const error = configProblems.HWS_CONFIG_RULE([what], { hint: `give \`provision.secrets\`: ${choices}` });
  return [{ path: ["provision"], error }];
};

const publishedFindings = (data: DataMap): readonly Finding[] => {
  if (isMap(data.encryption)) return [];
  const what = "is `published`, and nobody is named to seal secrets to";
  const hint = "give `encryption.recipients` (docs/guide/encryption.md)";
  return [{ path: ["provision", "secrets"], error: configProblems.HWS_CONFIG_RULE([what], { hint }) }];
};
