import { type Inventory, type PluginContext, Secret } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { readMachines } from "./machines.ts";
import type { RegisterOptions } from "./options.ts";

/** Some thousand machines fit. */
const mostLength = 4 * 1024 * 1024;

/** Retry, time limits and redaction are the engine's; here is the protocol. */
export const registerInventory = (
  { url, group, token }: RegisterOptions,
  { http }: PluginContext,
): Inventory => {
  const at = `${url.replace(/\/*$/, "")}/${group}`;
  const headers: Record<string, Secret> =
    token === undefined ? {} : { authorization: new Secret(`Bearer ${token.reveal()}`) };

  return {
    async list(context) {
      context.signal.throwIfAborted();
      const { status, body } = await http.request({ url: at, headers }, context);
      if (status !== 200) {
        body.destroy();
        throw errors.HWS_REGISTER_STATUS([at, status], { retryable: status >= 500 });
      }
      let answer = "";
      for await (const chunk of body.setEncoding("utf8")) {
        answer += chunk;
        if (answer.length > mostLength)
          throw errors.HWS_REGISTER_ANSWER([at, `it is longer than ${mostLength} characters`]);
      }
      const instances = (() => {
        try {
          return readMachines(answer);
        } catch (cause) {
          throw errors.HWS_REGISTER_ANSWER([at, (cause as Error).message], { cause });
        }
      })();
      if (instances.length === 0) throw errors.HWS_REGISTER_EMPTY([group]);
      return instances;
    },
  };
};
