import type { CheckOptions } from "@hawser/installer-script";
import type { JavaInstallerOptions } from "./options.ts";

/** A Java machine starts, and so does what it serves, on a host that may be busy. */
const defaultTimeoutMs = 120_000;

/** Asks the instance itself until the new release answers by its id. */
export const healthCheck = (
  { port = 8080, health = "/health" }: JavaInstallerOptions,
  context = "",
): CheckOptions => {
  const { path, ...given } = typeof health === "string" ? { path: health } : health;
  return {
    http: `http://127.0.0.1:${port}${context}${path}`,
    release: true,
    timeoutMs: defaultTimeoutMs,
    ...given,
  };
};
