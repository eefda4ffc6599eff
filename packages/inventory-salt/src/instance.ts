import { isIP } from "node:net";
import type { Instance } from "@hawser/core/plugin";
import type { Answer } from "@hawser/salt";
import { errors } from "./errors.ts";
import type { GrainFilter, SaltInventoryOptions } from "./options.ts";

const roleGrammar = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const hostGrammar = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/;

/** The texts of a grain, which is one or a list; undefined when it is neither. */
const textsOf = (value: unknown): readonly string[] | undefined => {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts.every((text) => typeof text === "string") ? (texts as readonly string[]) : undefined;
};

/** Whether a minion is one of those asked for. */
export const isTarget = (grains: Answer, target: GrainFilter = {}): boolean =>
  Object.entries(target).every(([name, wanted]) => {
    const held = textsOf(grains[name]) ?? [];
    return [wanted].flat().some((value) => held.includes(value));
  });

/** One accepted minion as an instance. Whether it answers is the transport's word. */
export const instanceOf = (id: string, grains: Answer, options: SaltInventoryOptions): Instance => ({
  id,
  address: addressOf(id, grains, options),
  roles: rolesOf(id, grains, options),
  lifecycle: "inService",
});

const rolesOf = (id: string, grains: Answer, { roles }: SaltInventoryOptions): readonly string[] => {
  const grain = roles?.grain ?? "roles";
  if (grains[grain] === undefined || grains[grain] === null) return ["web"];
  const found = textsOf(grains[grain]);
  if (found === undefined || found.length === 0 || found.some((role) => !roleGrammar.test(role)))
    throw errors.HWS_INVENTORY_SALT_MINION([id, `has no roles in its grain ${grain}`]);
  return [...new Set(found)];
};

const addressOf = (id: string, grains: Answer, { address }: SaltInventoryOptions): string => {
  const names = address === undefined ? ["fqdn", "ipv4"] : [address.grain];
  const found = names
    .flatMap((name) => textsOf(grains[name]) ?? [])
    .find((text) => (isIP(text) > 0 || hostGrammar.test(text)) && !isOwn(text));
  if (found !== undefined) return found;
  // The bus of Salt needs no address; only a load balancer may, and it has a template for names.
  if (address === undefined) return id;
  throw errors.HWS_INVENTORY_SALT_MINION([id, `has no address in its grain ${address.grain}`]);
};

/** Every machine has it, so it names none. */
const isOwn = (address: string): boolean => address === "localhost" || /^(127\.|::1$)/.test(address);
