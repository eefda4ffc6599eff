import type { Instance as Ec2Instance } from "@aws-sdk/client-ec2";
import type { Instance, Lifecycle } from "@hawser/core/plugin";
import { isRole } from "./choice.ts";
import { errors } from "./errors.ts";
import type { AddressType, AwsInventoryOptions } from "./options.ts";

/** Names and addresses of AWS, held to the grammar of the contract. */
const hostGrammar = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;
const keyGrammar = /^(?:ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}(?: [ -~]*)?$/;

const addressOf = (machine: Ec2Instance, type: AddressType): string | undefined => {
  const { PrivateIpAddress, PublicIpAddress, PublicDnsName, PrivateDnsName } = machine;
  if (type === "private") return PrivateIpAddress || undefined;
  if (type === "public") return PublicIpAddress || undefined;
  return PublicDnsName || PrivateDnsName || undefined;
};

const tagOf = ({ Tags }: Ec2Instance, name: string | undefined): string | undefined =>
  name === undefined ? undefined : Tags?.find(({ Key }) => Key === name)?.Value;

const rolesOf = (id: string, tag: string, value: string): readonly string[] => {
  const roles = value.split(",").map((role) => role.trim());
  if (roles.every(isRole)) return roles;
  throw errors.HWS_INVENTORY_AWS_TAG([id, tag, "roles are names of [a-z0-9-], with commas between"]);
};

const hostKeysOf = (id: string, tag: string, value: string): readonly string[] => {
  if (keyGrammar.test(value)) return [value];
  throw errors.HWS_INVENTORY_AWS_TAG([id, tag, "a host key is a public key like `ssh-ed25519 AAAA…`"]);
};

export type InstanceOptions = Pick<AwsInventoryOptions, "addressType" | "roleTag" | "hostKeyTag">;

/**
 * An EC2 machine as an instance, by its EC2 id. Undefined while a machine that starts or leaves has no address: the
 * first is listed as soon as it has one, the second is gone.
 */
export const toInstance = (
  machine: Ec2Instance,
  { roles, lifecycle }: { readonly roles: readonly string[]; readonly lifecycle: Lifecycle },
  options: InstanceOptions,
): Instance | undefined => {
  const { addressType = "private", roleTag, hostKeyTag } = options;
  const id = machine.InstanceId as string;
  const address = addressOf(machine, addressType);
  if (address === undefined || !hostGrammar.test(address)) {
    if (lifecycle !== "inService") return undefined;
    throw errors.HWS_INVENTORY_AWS_NO_ADDRESS([id, addressType]);
  }
  const namedRoles = tagOf(machine, roleTag);
  const hostKey = tagOf(machine, hostKeyTag);
  return {
    id,
    address,
    roles: namedRoles === undefined ? roles : rolesOf(id, roleTag as string, namedRoles),
    lifecycle,
    ...(hostKey !== undefined && { hostKeys: hostKeysOf(id, hostKeyTag as string, hostKey) }),
  };
};
