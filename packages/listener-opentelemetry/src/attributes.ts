import type { ErrorReport, EventSubject, RunEvent } from "@hawser/core/plugin";
import type { Attributes } from "@opentelemetry/api";

type EventOf<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;

/** What is not known is left out: an attribute has no null. */
export const known = (values: Readonly<Record<string, Attributes[string] | null | undefined>>): Attributes =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  ) as Attributes;

export const subjectAttributes = ({ application, environment, verb, who, ci }: EventSubject): Attributes =>
  known({
    "hawser.application": application,
    "hawser.environment": environment,
    "hawser.verb": verb,
    "hawser.user": who.user,
    "hawser.host": who.host,
    "hawser.ci": ci,
    "deployment.name": application,
    "deployment.environment.name": environment === "" ? null : environment,
  });

export const runAttributes = ({ run, resumed, from }: EventOf<"run">): Attributes =>
  known({ "hawser.run": run, "hawser.resumed": resumed, "hawser.from": from, "deployment.id": run });

export const resultAttributes = (result: EventOf<"result">): Attributes =>
  known({
    "hawser.run": result.run,
    "hawser.release": result.release,
    "hawser.from": result.from,
    "hawser.revision": result.revision,
    "hawser.artifact": result.artifact,
    "hawser.outcome": result.outcome,
    "hawser.exit_code": result.exitCode,
    "hawser.open": result.open ?? false,
    "hawser.instances": result.instances.length,
    "hawser.ran": [...result.ran],
    "vcs.ref.head.revision": result.revision,
    "deployment.id": result.run,
    "deployment.status": result.ok ? "succeeded" : "failed",
    "error.type": result.error?.code,
  });

export const instanceAttributes = (event: EventOf<"instance">): Attributes =>
  known({
    "hawser.release": event.release,
    "hawser.state": event.state,
    "hawser.load_balancer": event.loadBalancer,
    "hawser.healthy": event.healthy,
    "hawser.bytes": event.bytes,
    "hawser.via": event.via,
  });

export const errorAttributes = ({ code, message, hint, instance, step }: ErrorReport): Attributes =>
  known({
    "hawser.code": code,
    "hawser.message": message,
    "hawser.hint": hint,
    "hawser.instance": instance,
    "hawser.step": step,
  });
