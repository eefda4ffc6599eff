import type { RunEvent } from "@hawser/core/plugin";
import type { Attributes } from "@opentelemetry/api";
import { errorAttributes, known, runAttributes } from "./attributes.ts";

/** Something that happened in a span. */
export interface SpanEvent {
  readonly name: string;
  readonly attributes: Attributes;
}

/** What is told of in a span and has none of its own. */
export const spanEventOf = (event: RunEvent): SpanEvent | undefined => {
  switch (event.type) {
    case "run":
      return { name: "run", attributes: runAttributes(event) };
    case "warning":
      return { name: "warning", attributes: errorAttributes(event) };
    case "waiting": {
      const until = new Date(event.until).toISOString();
      const attributes = {
        "hawser.what": event.what,
        "hawser.until": until,
        "hawser.instances": [...event.instances],
      };
      return { name: "waiting", attributes };
    }
    case "instance": {
      const { instance, state, detail } = event;
      if (state !== "failed" && state !== "unreachable") return undefined;
      return { name: state, attributes: known({ "hawser.instance": instance, "hawser.detail": detail }) };
    }
    case "output":
      return {
        name: "output",
        attributes: {
          "hawser.instance": event.instance,
          "hawser.command": event.command,
          "hawser.text": event.text,
        },
      };
    case "progress":
      return { name: "progress", attributes: { "hawser.what": event.what, "hawser.bytes": event.bytes } };
    default:
      return undefined;
  }
};
