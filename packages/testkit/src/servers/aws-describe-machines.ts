import type { AwsAction } from "./aws-actions.ts";
import type { AwsMachine } from "./aws-machine.ts";
import { pageOf } from "./aws-page.ts";
import { type AwsRequest, type AwsValue, structuresOf } from "./aws-query.ts";

const valuesOf = (fields: ReadonlyMap<string, string>): readonly string[] =>
  [...fields].filter(([name]) => name.startsWith("Value.")).map(([, value]) => value);

const passes = (machine: AwsMachine, filter: ReadonlyMap<string, string>): boolean => {
  const name = filter.get("Name") ?? "";
  const values = valuesOf(filter);
  if (name === "instance-id") return values.includes(machine.id);
  if (name === "instance-state-name") return values.includes(machine.state);
  if (name.startsWith("tag:")) return values.includes(machine.tags?.[name.slice(4)] ?? "");
  return false;
};

const describe = (machine: AwsMachine): AwsValue => ({
  instanceId: machine.id,
  instanceState: { code: 0, name: machine.state },
  privateIpAddress: machine.address,
  privateDnsName: machine.privateName,
  ipAddress: machine.publicAddress,
  dnsName: machine.publicName ?? "",
  tagSet: Object.entries(machine.tags ?? {}).map(([key, value]) => ({ key, value })),
});

/** A reservation holds what was launched together: here one machine each. */
export const describeMachines: AwsAction = (account, request: AwsRequest, pageSize) => {
  const filters = structuresOf(request, "Filter");
  const found = [...account.machines.values()].filter((machine) =>
    filters.every((filter) => passes(machine, filter)),
  );
  const { items, next } = pageOf(found, request.parameters.get("NextToken"), pageSize);
  return {
    reservationSet: items.map((machine) => ({ instancesSet: [describe(machine)] })),
    nextToken: next,
  };
};
