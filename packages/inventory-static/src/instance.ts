import { isIPv6 } from "node:net";
import type { Instance } from "@hawser/core/plugin";
import { inventoryErrors } from "./errors.ts";
import type { StaticInstance } from "./options.ts";

const idGrammar = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const hostGrammar =
  /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?)*\.?$/;
const roleGrammar = /^[a-z0-9][a-z0-9-]{0,62}$/;
const rootGrammar = /^\/[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/;
const keyGrammar = /^[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}( [^\r\n]*)?$/;
const members = ["id", "address", "port", "root", "roles", "hostKeys"];

/** `2001:db8::1` becomes `2001-db8--1`, `::1` becomes `ip---1`. */
const idFromAddress = (address: string): string => {
  const fitted = address.replaceAll(/[^A-Za-z0-9._-]/g, "-");
  return /^[A-Za-z0-9]/.test(fitted) ? fitted : `ip-${fitted}`;
};

const asMap = (where: string, entry: unknown): StaticInstance => {
  if (typeof entry === "string") return { address: entry };
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    throw inventoryErrors.HWS_INVENTORY_INVALID([where, "an instance is neither an address nor a map"]);
  }
  const unknown = Object.keys(entry).find((key) => !members.includes(key));
  if (unknown !== undefined) {
    throw inventoryErrors.HWS_INVENTORY_INVALID([where, `an instance has the unknown member ${unknown}`]);
  }
  return entry;
};

const texts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

const optionalMembers = (where: string, given: StaticInstance): Partial<Instance> => {
  const { port, root, hostKeys } = given;
  const refuse = (what: string) => inventoryErrors.HWS_INVENTORY_INVALID([where, what]);
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw refuse("port is not a number from 1 to 65535");
  }
  if (
    root !== undefined &&
    !(typeof root === "string" && rootGrammar.test(root) && !/\/\.\.?(\/|$)/.test(root))
  ) {
    throw refuse("root is not an absolute path of [A-Za-z0-9._/-]");
  }
  if (hostKeys !== undefined && !(texts(hostKeys) && hostKeys.every((key) => keyGrammar.test(key)))) {
    throw refuse("hostKeys is not a list of public keys like `ssh-ed25519 AAAA…`");
  }
  return {
    ...(port !== undefined && { port }),
    ...(root !== undefined && { root }),
    ...(hostKeys !== undefined && { hostKeys }),
  };
};

/** Makes an instance of one entry, which may come from a file that anybody wrote. */
export const toInstance = (list: string, entry: unknown, index: number): Instance => {
  const where = `${list}[${index}]`;
  const given = asMap(where, entry);
  const address = given.address ?? given.id;
  if (typeof address !== "string" || !(isIPv6(address) || hostGrammar.test(address))) {
    throw inventoryErrors.HWS_INVENTORY_INVALID([where, "address is not a host name or IP address"]);
  }
  const id = given.id ?? idFromAddress(address);
  if (typeof id !== "string" || !idGrammar.test(id)) {
    throw inventoryErrors.HWS_INVENTORY_INVALID([where, "id is not of [A-Za-z0-9][A-Za-z0-9._-]{0,127}"]);
  }
  const roles = given.roles ?? ["web"];
  if (!texts(roles) || roles.length === 0 || !roles.every((role) => roleGrammar.test(role))) {
    throw inventoryErrors.HWS_INVENTORY_INVALID([where, "roles is not a list of names of [a-z0-9-]"]);
  }
  return { id, address, roles, lifecycle: "inService", ...optionalMembers(where, given) };
};

/** Every entry as an instance, whole or not at all. */
export const toInstances = (list: string, entries: readonly unknown[]): readonly Instance[] => {
  if (entries.length === 0) throw inventoryErrors.HWS_INVENTORY_EMPTY([list]);
  const seen = new Set<string>();
  return entries.map((entry, index) => {
    const instance = toInstance(list, entry, index);
    if (seen.has(instance.id)) throw inventoryErrors.HWS_INVENTORY_DUPLICATE([list, instance.id]);
    seen.add(instance.id);
    return instance;
  });
};
