import { commandText, milliseconds, userName } from "./command-options.ts";

/** How an instance's health is seen from the instance itself: by HTTP or by a command. */
export interface CheckOptions {
  readonly http?: string;
  readonly command?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default 200 to 399. */
  readonly status?: number;
  /** A text that the body contains. */
  readonly body?: string;
  /** The body contains the release's id: the application itself says which release answers. Default false. */
  readonly release?: boolean;
  /** Default 60 s. */
  readonly timeoutMs?: number;
  /** How long it must keep succeeding. Default 0. */
  readonly stableMs?: number;
  readonly user?: string;
}

export const checkMembers: Readonly<Record<string, object>> = {
  http: {
    type: "string",
    pattern: "^https?://[^\\s]+$",
    description: "an address of http or https that is asked on the instance",
  },
  command: { ...commandText, description: "A command that ends with 0 when the application is well." },
  headers: {
    type: "object",
    propertyNames: { pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" },
    additionalProperties: { type: "string", pattern: "^[^\\r\\n]*$" },
    description: "Headers of the request.",
  },
  status: {
    type: "integer",
    minimum: 100,
    maximum: 599,
    description: "The status that is success. Default: 200 to 399.",
  },
  body: { type: "string", minLength: 1, description: "A text that the body contains." },
  release: {
    type: "boolean",
    default: false,
    description: "The body contains the release's id: the application itself says which one answers.",
  },
  timeoutMs: { ...milliseconds, default: 60_000, description: "How long success may take." },
  stableMs: {
    type: "integer",
    minimum: 0,
    maximum: 86_400_000,
    default: 0,
    description: "How long it must keep succeeding.",
  },
  user: { ...userName, description: "the user of the operating system who runs the command" },
};

export const checkSchema: object = { type: "object", properties: checkMembers, additionalProperties: false };
