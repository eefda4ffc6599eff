import type { Schema, Secret } from "@hawser/core/plugin";

/** One command: its text, or the text with how to run it. */
export interface CommandOptions {
  /** Unique in its phase. Default: the phase and the position, as `install-1`. */
  readonly name?: string;
  readonly run: string;
  /** Only on instances with one of these roles. Default: all. */
  readonly roles?: readonly string[];
  /** Default: the installer's `user`. */
  readonly user?: string;
  /** Relative to the release. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default 10 minutes. */
  readonly timeoutMs?: number;
  /** Only for `once`: false says that the release before cannot run after this command. Default true. */
  readonly compatible?: boolean;
}

export type Command = string | CommandOptions;

/** How an instance's health is seen from the instance itself: by HTTP or by a command. */
export interface CheckOptions {
  readonly http?: string;
  readonly command?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default 200 to 399. */
  readonly status?: number;
  /** A text that the body contains. */
  readonly body?: string;
  /** Default 60 s. */
  readonly timeoutMs?: number;
  /** How long it must keep succeeding. Default 0. */
  readonly stableMs?: number;
  readonly user?: string;
}

export interface ScriptInstallerOptions {
  /** On the deployer, in the fetched tree, before it is packed. */
  readonly prepare?: readonly Command[];
  /** On each instance, in the new release, before it is active. */
  readonly install?: readonly Command[];
  /** On each instance, after the new release became active. */
  readonly activate?: readonly Command[];
  /** On each instance that is put back, in the release being left. */
  readonly rollback?: readonly Command[];
  /** On one instance of the fleet. */
  readonly once?: { readonly before?: readonly Command[]; readonly after?: readonly Command[] };
  readonly shared?: readonly string[];
  readonly writable?: readonly string[];
  readonly generated?: readonly string[];
  readonly check?: CheckOptions;
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Commands read them as `HAWSER_SECRET_<NAME>`. A list of names takes the values from the deployer's environment;
   * a map gives them: `{ APP_KEY: "${env:SHOP_KEY}" }`.
   */
  readonly secrets?: readonly string[] | Readonly<Record<string, string | Secret>>;
  /** The operating-system user that commands run as. Default: the transport's. */
  readonly user?: string;
}

const milliseconds = { type: "integer", minimum: 1, maximum: 86_400_000 };
const user = { type: "string", pattern: "^[a-z_][a-z0-9_-]{0,31}$" };
const variables = {
  type: "object",
  propertyNames: { pattern: "^[A-Za-z_][A-Za-z0-9_]{0,127}$" },
  additionalProperties: { type: "string" },
};
const paths = { type: "array", items: { type: "string", minLength: 1 } };
const secretName = "^[A-Z][A-Z0-9_]{0,63}$";
const commandText = { type: "string", minLength: 1 };

const command = {
  type: "object",
  properties: {
    name: { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" },
    run: commandText,
    roles: { type: "array", minItems: 1, items: { type: "string", minLength: 1 } },
    user,
    cwd: { type: "string", minLength: 1 },
    env: variables,
    timeoutMs: milliseconds,
  },
  required: ["run"],
  additionalProperties: false,
};
const onceCommand = {
  ...command,
  properties: { ...command.properties, compatible: { type: "boolean" } },
};
const commands = { type: "array", items: { anyOf: [commandText, command] } };
const onceCommands = { type: "array", items: { anyOf: [commandText, onceCommand] } };

const check = {
  type: "object",
  properties: {
    http: { type: "string", pattern: "^https?://[^\\s]+$" },
    command: commandText,
    headers: {
      type: "object",
      propertyNames: { pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" },
      additionalProperties: { type: "string", pattern: "^[^\\r\\n]*$" },
    },
    status: { type: "integer", minimum: 100, maximum: 599 },
    body: { type: "string", minLength: 1 },
    timeoutMs: milliseconds,
    stableMs: { type: "integer", minimum: 0, maximum: 86_400_000 },
    user,
  },
  additionalProperties: false,
};

export const scriptInstallerSchema: Schema<ScriptInstallerOptions> = {
  type: "object",
  properties: {
    prepare: commands,
    install: commands,
    activate: commands,
    rollback: commands,
    once: {
      type: "object",
      properties: { before: onceCommands, after: onceCommands },
      additionalProperties: false,
    },
    shared: paths,
    writable: paths,
    generated: paths,
    check,
    env: variables,
    secrets: {
      anyOf: [
        { type: "array", uniqueItems: true, items: { type: "string", pattern: secretName } },
        {
          type: "object",
          propertyNames: { pattern: secretName },
          additionalProperties: { type: "string", secret: true },
        },
      ],
    },
    user,
  },
  additionalProperties: false,
};
