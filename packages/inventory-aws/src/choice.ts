import { errors } from "./errors.ts";
import type { AwsInventoryOptions } from "./options.ts";

export interface ChosenGroup {
  readonly name: string;
  readonly roles: readonly string[];
}

/** What the options choose: autoscaling groups, or whatever has some tags. */
export type Choice =
  | { readonly kind: "groups"; readonly groups: readonly ChosenGroup[] }
  | {
      readonly kind: "tags";
      readonly tags: Readonly<Record<string, string>>;
      readonly roles: readonly string[];
    };

const roleGrammar = /^[a-z0-9][a-z0-9-]{0,62}$/;
const defaultRoles = ["web"];

const refuse = (option: keyof AwsInventoryOptions, why: string): never => {
  throw errors.HWS_INVENTORY_AWS_OPTION([option, why]);
};

const checkedRoles = (roles: readonly string[]): readonly string[] =>
  roles.every(isRole) ? roles : refuse("roles", "a role is a name of [a-z0-9-]");

export const isRole = (text: string): boolean => roleGrammar.test(text);

/** Refuses what cannot be meant before anything is loaded or sent. */
export const choiceOf = (options: AwsInventoryOptions): Choice => {
  const { autoScalingGroup, groups, tags, lifecycleHook } = options;
  const given = [autoScalingGroup, groups, tags].filter((each) => each !== undefined);
  if (given.length !== 1) refuse("autoScalingGroup", "give one of autoScalingGroup, groups and tags");
  const roles = checkedRoles(options.roles ?? defaultRoles);
  if (tags !== undefined) {
    if (Object.keys(tags).length === 0) refuse("tags", "no tag is named: that would be every instance");
    if (lifecycleHook !== undefined) refuse("lifecycleHook", "hooks belong to autoscaling groups");
    if (options.suspend !== undefined) refuse("suspend", "processes belong to autoscaling groups");
    return { kind: "tags", tags, roles };
  }
  const chosen =
    autoScalingGroup !== undefined
      ? [{ name: autoScalingGroup, roles }]
      : (groups ?? []).map((group) => ({
          name: group.autoScalingGroup,
          roles: checkedRoles(group.roles ?? roles),
        }));
  if (new Set(chosen.map(({ name }) => name)).size < chosen.length)
    refuse("groups", "a group is named twice");
  return { kind: "groups", groups: chosen };
};
