import { isIP } from "node:net";
import type { Instance, Lifecycle } from "@hawser/core/plugin";

type Told = Readonly<Record<string, unknown>>;

const lifecycles: Readonly<Record<string, Lifecycle>> = {
  booting: "starting",
  running: "inService",
  stopping: "leaving",
};

const id = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const hostName = /^(?!-)[A-Za-z0-9._-]{1,253}$/;
const role = /^[a-z0-9-]{1,40}$/;
const hostKey = /^[a-z0-9@.-]{1,60} [A-Za-z0-9+/]{1,2000}={0,3}$/;

const text = (told: Told, name: string, is: (value: string) => boolean): string => {
  const value = told[name];
  if (typeof value === "string" && is(value)) return value;
  throw new Error(`the \`${name}\` of a machine is missing or has another form`);
};

const texts = (told: Told, name: string, grammar: RegExp): readonly string[] | undefined => {
  const value = told[name];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.length > 0 && value.every((each) => grammar.test(String(each))))
    return value.map(String);
  throw new Error(`\`${name}\` of a machine has another form`);
};

const instanceOf = (told: Told): Instance[] => {
  const lifecycle = lifecycles[text(told, "state", (value) => value !== "")];
  if (lifecycle === undefined) return [];
  const hostKeys = texts(told, "hostKeys", hostKey);
  return [
    {
      id: text(told, "name", (value) => id.test(value)),
      address: text(told, "address", (value) => isIP(value) > 0 || hostName.test(value)),
      roles: texts(told, "roles", role) ?? ["web"],
      lifecycle,
      ...(hostKeys !== undefined && { hostKeys }),
    },
  ];
};

/**
 * Reads the register's answer, by name. It comes from outside: a machine that is not understood, a list that is cut and a name
 * that comes twice are errors.
 */
export const readMachines = (answer: string): readonly Instance[] => {
  const { total, machines } = Object(JSON.parse(answer)) as Told;
  if (!Array.isArray(machines)) throw new Error("it has no `machines`");
  if (machines.length !== total) throw new Error(`it has ${machines.length} machines of ${String(total)}`);
  const instances = machines.flatMap((machine) => instanceOf(Object(machine)));
  const names = new Set(instances.map((instance) => instance.id));
  if (names.size !== instances.length) throw new Error("a name comes twice");
  return instances.sort((a, b) => (a.id < b.id ? -1 : 1));
};
