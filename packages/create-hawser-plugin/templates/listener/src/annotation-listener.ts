import { type Listener, type PluginContext, Secret } from "@hawser/core/plugin";
import { annotationOf } from "./annotation.ts";
import { errors } from "./errors.ts";
import type { AnnotationOptions } from "./options.ts";

/** Order, time limits and redaction are the engine's; here is the protocol. */
export const annotationListener = (
  { url, token, tags = [] }: AnnotationOptions,
  { http }: PluginContext,
): Listener => {
  const at = `${url.replace(/\/*$/, "")}/api/annotations`;
  const headers = {
    "content-type": "application/json",
    authorization: new Secret(`Bearer ${token.reveal()}`),
  };
  return {
    async on(event, { moments, subject, ...context }) {
      context.signal.throwIfAborted();
      const body = JSON.stringify(annotationOf(event, { moments, subject }, tags));
      const answer = await http.request({ url: at, method: "POST", headers, body }, context);
      answer.body.destroy();
      if (answer.status >= 300) throw errors.HWS_GRAFANA_STATUS([at, answer.status]);
    },
  };
};
