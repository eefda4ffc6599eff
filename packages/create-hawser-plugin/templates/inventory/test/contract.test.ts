import { Secret } from "@hawser/core/plugin";
import { describeInventory, operationContext, pluginContext, startHookServer } from "@hawser/testkit";
import { expect, it, onTestFinished } from "vitest";
import plugin from "../src/index.ts";

const machines = [
  { name: "web2", address: "10.0.0.2", state: "running" },
  { name: "web1", address: "10.0.0.1", state: "running", roles: ["web", "worker"] },
  { name: "web3", address: "fd00::3", state: "booting" },
  { name: "old", address: "10.0.0.9", state: "stopped" },
];

/** A register on a random port of this machine: what it answers can be chosen. */
const started = async () => {
  const server = await startHookServer();
  const tell = (list: readonly unknown[], total = list.length) =>
    server.answer({ status: 200, body: JSON.stringify({ total, machines: list }) });
  tell(machines);
  const options = { url: `${server.origin}/groups`, group: "shop", token: new Secret("canary") };
  return { server, tell, inventory: await plugin.create(options, pluginContext()) };
};

describeInventory("__name__", {
  create: async () => {
    const { server, tell, inventory } = await started();
    return {
      inventory,
      empty: async () => tell([]),
      damage: async () => tell(machines.slice(1), machines.length),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
});

it("lists the machines of the group by name, and asks with the token", async () => {
  const { server, inventory } = await started();
  onTestFinished(() => server[Symbol.asyncDispose]());
  expect(await inventory.list(operationContext())).toEqual([
    { id: "web1", address: "10.0.0.1", roles: ["web", "worker"], lifecycle: "inService" },
    { id: "web2", address: "10.0.0.2", roles: ["web"], lifecycle: "inService" },
    { id: "web3", address: "fd00::3", roles: ["web"], lifecycle: "starting" },
  ]);
  expect(server.requests).toMatchObject([
    { path: "/groups/shop", headers: { authorization: "Bearer canary" } },
  ]);
});

it.each([
  [{ name: "-oProxyCommand=id", address: "10.0.0.1", state: "running" }],
  [{ name: "web1", address: "-oProxyCommand=id", state: "running" }],
  [{ name: "web1", address: "10.0.0.1" }],
  [{ name: "web1", address: "10.0.0.1", state: "running", roles: "web" }],
  [{ name: "web1", address: "10.0.0.1", state: "running", hostKeys: ["ssh-ed25519 AAAA\nother"] }],
  ["web1"],
])("refuses a machine that is not understood: %j", async (machine) => {
  const { server, tell, inventory } = await started();
  onTestFinished(() => server[Symbol.asyncDispose]());
  tell([machine]);
  await expect(inventory.list(operationContext())).rejects.toMatchObject({ code: "HWS_REGISTER_ANSWER" });
});
