import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_INVENTORY_OPTIONS: {
    message: (what: string): string => `the inventory ${what}`,
    hint: "give either `instances` or `file`",
  },
  HWS_INVENTORY_UNREADABLE: {
    message: (file: string, why: string): string => `the inventory ${file} cannot be read: ${why}`,
    hint: "replace the file by one rename, so that it is never seen half written",
  },
  HWS_INVENTORY_CHANGING: {
    message: (file: string): string => `the inventory ${file} is being written`,
    hint: "replace the file by one rename, so that it is never seen half written",
    retryable: true,
  },
  HWS_INVENTORY_EMPTY: {
    message: (where: string): string => `${where} lists no instance`,
    hint: "an application without instances cannot be deployed",
  },
  HWS_INVENTORY_INVALID: {
    message: (where: string, what: string): string => `${where}: ${what}`,
    hint: "an instance is an address, or a map of id, address, port, root, roles, hostKeys",
  },
  HWS_INVENTORY_DUPLICATE: {
    message: (where: string, id: string): string => `${where} lists ${id} twice`,
    hint: "give each instance its own `id`",
  },
};

/** What can be wrong with a list of instances. */
export const inventoryErrors: Makers<typeof entries> = defineErrors(entries);
