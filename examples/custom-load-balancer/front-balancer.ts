import { setTimeout as sleep } from "node:timers/promises";
import {
  definePlugin,
  type Instance,
  type Member,
  type OperationContext,
  type Plugin,
} from "@hawser/core/plugin";
import { errors, frontApi, type Listed } from "./front-api.ts";

export type FrontOptions = { readonly api: string; readonly port: number };
type Is = (seen?: Listed) => boolean;

const properties = { api: { type: "string" }, port: { type: "integer", default: 80 } };
const [pauseMs, healthyMs, cutMs] = [50, 60_000, 10_000];

const plugin: Plugin<"loadBalancer", FrontOptions> = definePlugin({
  kind: "loadBalancer",
  name: "front-balancer",
  schema: { type: "object", properties, required: ["api"], additionalProperties: false },
  create: ({ api, port = 80 }, { http }) => {
    const call = frontApi(api, http);
    const memberOf = ({ id }: Instance, listed: Listed[]): Member => {
      const found = listed.find((each) => each.id === id);
      if (found === undefined) return { instance: id, state: "absent", healthy: "unknown" };
      const state = found.admitted ? "in" : found.open > 0 ? "draining" : "out";
      return { instance: id, state, healthy: found.healthy ? "yes" : "no" };
    };
    /** Looks until the member is as it shall be; the list it gives back is what was seen then. */
    const until = async (id: string, limitMs: number, is: Is, context: OperationContext) => {
      for (const end = performance.now() + limitMs; ; await sleep(pauseMs, undefined, context)) {
        const listed = await call("", undefined, context);
        const seen = listed.find((each) => each.id === id);
        if (is(seen) || performance.now() > end) return { listed, seen, reached: is(seen) };
      }
    };
    return {
      states: async ({ instances }, context) => {
        const listed = await call("", undefined, context);
        return instances.map((instance) => memberOf(instance, listed));
      },
      ensure: async ({ instance, state, drainTimeoutMs, onDrainTimeout }, context) => {
        const path = `/${encodeURIComponent(instance.id)}`;
        const idle = (seen?: Listed) => (seen?.open ?? 0) === 0;
        if (state === "in") {
          await call(path, { url: `http://${instance.address}:${port}`, admitted: true }, context);
          const end = await until(instance.id, healthyMs, (seen) => seen?.healthy === true, context);
          if (!end.reached) throw errors.HWS_LB_NOT_HEALTHY([instance.id]);
          return memberOf(instance, end.listed);
        }
        const known = (await call("", undefined, context)).some(({ id }) => id === instance.id);
        if (known) await call(path, { admitted: false }, context);
        let end = await until(instance.id, drainTimeoutMs, idle, context);
        if (!end.reached && onDrainTimeout === "force") {
          await call(`${path}/cut`, {}, context);
          end = await until(instance.id, cutMs, idle, context);
        }
        if (!end.reached) throw errors.HWS_LB_DRAIN_TIMEOUT([instance.id, end.seen?.open ?? 0]);
        return memberOf(instance, state === "out" ? end.listed : await call(`${path}/remove`, {}, context));
      },
    };
  },
});
export default plugin;
