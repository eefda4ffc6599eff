import type { HttpClient, OperationContext } from "@hawser/core/plugin";
import { defineErrors } from "@hawser/core/plugin";

export type Listed = {
  readonly id: string;
  readonly admitted: boolean;
  readonly healthy: boolean;
  readonly open: number;
};

export const errors = defineErrors({
  HWS_FRONT_REFUSED: {
    message: (url: string, status: number) => `${url} answered with ${status}`,
    retryable: true,
  },
  HWS_LB_NOT_HEALTHY: { message: (id: string) => `${id} did not become healthy`, hint: "ask its /health" },
  HWS_LB_DRAIN_TIMEOUT: { message: (id: string, open: number) => `${id} still serves ${open} requests` },
});

/** Asks the front who its members are, or changes one first. Either answer is the list of all members. */
export const frontApi =
  (api: string, http: HttpClient) =>
  async (path: string, change: object | undefined, context: OperationContext): Promise<Listed[]> => {
    const url = `${api}/members${path}`;
    const sent = change && { method: "POST" as const, body: JSON.stringify(change) };
    // No load balancer can refuse who lost the lock: so the lock is asked directly before each change.
    if (change !== undefined) await context.confirm?.();
    const answer = await http.request({ url, ...sent }, context);
    const text = Buffer.concat(await answer.body.toArray({ signal: context.signal })).toString();
    if (answer.status !== 200) throw errors.HWS_FRONT_REFUSED([url, answer.status]);
    return JSON.parse(text) as Listed[];
  };
