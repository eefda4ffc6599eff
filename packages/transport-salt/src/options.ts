import type { Schema } from "@hawser/core/plugin";
import { accessProperties, type SaltAccess } from "@hawser/salt";

export interface SaltTransportOptions extends SaltAccess {
  /** The user on the instances who runs the host program. Default: who runs the minion, mostly root. */
  readonly user?: string;
  /** The shell on the instances that starts the host program. Default `/bin/sh`. */
  readonly shell?: string;
  /** How long a minion may give no sign of life, in milliseconds. Default 30 000. */
  readonly silenceMs?: number;
}

export const defaultSilenceMs = 30_000;

export const schema: Schema<SaltTransportOptions> = {
  type: "object",
  properties: {
    ...accessProperties,
    user: {
      type: "string",
      pattern: "^[a-z_][a-z0-9_-]{0,31}$",
      description: "The user on the instances; default: who runs the minion.",
    },
    shell: {
      type: "string",
      pattern: "^/[A-Za-z0-9._/-]+$",
      description: "The shell on the instances; default /bin/sh.",
    },
    silenceMs: {
      type: "integer",
      minimum: 1_000,
      maximum: 600_000,
      description: "How long a minion may give no sign of life; default 30000.",
    },
  },
  required: ["url", "username", "password"],
  additionalProperties: false,
};
