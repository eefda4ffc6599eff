import { HawserError, type Inventory, Secret } from "@hawser/core/plugin";
import { describeInventory, operationContext, pluginContext, type Salt, startSalt } from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import saltInventory, { type SaltInventoryOptions } from "../src/index.ts";

let salt: Salt;
beforeAll(async () => {
  salt = await startSalt({
    minions: [{ id: "web1" }, { id: "web2", roles: ["web", "cron"] }, { id: "worker1", roles: ["worker"] }],
  });
});
afterAll(() => salt[Symbol.asyncDispose]());

const inventoryOf = async (options: Partial<SaltInventoryOptions> = {}): Promise<Inventory> =>
  await saltInventory.create(
    { url: salt.url, username: "deploy", password: new Secret(salt.password), eauth: salt.eauth, ...options },
    pluginContext({ cacheDirectory: salt.folder }),
  );

describeInventory("inventory-salt", {
  create: async () => ({ inventory: await inventoryOf(), [Symbol.asyncDispose]: async () => undefined }),
});

describe("inventory-salt", () => {
  it("gives each accepted minion the roles of its grain", async () => {
    const instances = await (await inventoryOf()).list(operationContext());
    expect(instances.map(({ id, roles }) => [id, roles])).toEqual([
      ["web1", ["web"]],
      ["web2", ["web", "cron"]],
      ["worker1", ["worker"]],
    ]);
  });

  it("lists only those whose grains are asked for, and none at all is an error", async () => {
    const workers = await inventoryOf({ target: { roles: ["worker", "cron"] } });
    expect((await workers.list(operationContext())).map(({ id }) => id)).toEqual(["web2", "worker1"]);
    const nobody = await inventoryOf({ target: { roles: "database" } });
    await expect(nobody.list(operationContext())).rejects.toMatchObject({ code: "HWS_INVENTORY_SALT_EMPTY" });
  });

  it("lists a minion that is silent: whether it answers is the transport's word", async () => {
    salt.minions[0]?.daemon.pause();
    const instances = await (await inventoryOf()).list(operationContext());
    salt.minions[0]?.daemon.resume();
    expect(instances).toHaveLength(3);
  });

  it("fails when the master refuses it, and logs in again when its token was thrown away", async () => {
    const wrong = await inventoryOf({ password: new Secret("wrong") });
    const refused = await wrong.list(operationContext()).catch((error: unknown) => error);
    expect(HawserError.is(refused, "HWS_SALT_AUTH")).toBe(true);
    const inventory = await inventoryOf();
    const before = await inventory.list(operationContext());
    await salt.forgetTokens();
    expect(await inventory.list(operationContext())).toEqual(before);
  });
});
