import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { definePlugin } from "@hawser/core/plugin";

/**
 * Another storage, by its block, that answers nothing while the file `flag` exists: calls whose `<method> <key>` matches its content, a
 * regular expression, wait until it is gone. As with a server that hangs, what was aborted meanwhile never happens.
 */
export default definePlugin({
  kind: "storage",
  name: "silent-storage",
  schema: {
    type: "object",
    properties: {
      storage: { type: "object" },
      secrets: { type: "object", additionalProperties: { type: "string", secret: true } },
      flag: { type: "string", path: true },
    },
    required: ["storage", "secrets", "flag"],
    additionalProperties: false,
  },
  create: async ({ storage: block, secrets, flag }, context) => {
    const plugin = (await import(block.use)).default;
    const storage = await plugin.create({ ...block.with, ...secrets }, context);
    const isSilent = (call) => {
      if (!existsSync(flag)) return false;
      try {
        return new RegExp(readFileSync(flag, "utf8")).test(call);
      } catch {
        return false;
      }
    };
    const answered = async (method, key, { signal }) => {
      while (isSilent(`${method} ${key}`)) await sleep(50, undefined, { signal });
    };
    const call = (method) => async (request, operation) => {
      await answered(method, request.key, operation);
      return await storage[method](request, operation);
    };
    return {
      get: call("get"),
      stat: call("stat"),
      put: call("put"),
      delete: call("delete"),
      async *list(request, operation) {
        await answered("list", request.prefix, operation);
        yield* storage.list(request, operation);
      },
    };
  },
});
