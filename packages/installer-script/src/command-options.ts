/** One command: its text, or the text with how to run it. */
export interface CommandOptions {
  /** Unique in its phase. Default: the phase and the position, as `install-1`. */
  readonly name?: string;
  readonly run: string;
  /** Only on instances with one of these roles. Default: all. */
  readonly roles?: readonly string[];
  /** Default: the installer's `user`; null: the transport's own. */
  readonly user?: string | null;
  /** Relative to the release. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default 10 minutes. */
  readonly timeoutMs?: number;
  /** A failure is a warning, and what comes after goes on. Default false. */
  readonly mayFail?: boolean;
}

/** A command of `once`. */
export interface OnceOptions extends CommandOptions {
  /** False says that the release before cannot run after this command. Default true. */
  readonly compatible?: boolean;
  /**
   * A text that is run first. The command is needed when it ends with 0, and not when it ends with 1. Default:
   * always needed.
   */
  readonly needed?: string;
  /** Its own lock, by name, which environments that share a database share. Default: none. */
  readonly lock?: string;
}

/** A command of `once.before`. */
export interface OnceBeforeOptions extends OnceOptions {
  /** The application is in maintenance from before this command until the release is in service. */
  readonly maintenance?: boolean;
}

export type Command = string | CommandOptions;
export type OnceCommand = string | OnceOptions;
export type OnceBeforeCommand = string | OnceBeforeOptions;

/** A command of a recipe: its name is the key by which a config bends it. */
export interface NamedCommand extends OnceBeforeOptions {
  readonly name: string;
}

export const milliseconds: object = { type: "integer", minimum: 1, maximum: 86_400_000 };
export const commandText: object = { type: "string", minLength: 1 };
export const userName: object = {
  type: "string",
  pattern: "^[a-z_][a-z0-9_-]{0,31}$",
  description: "a name of the operating system: small letters, digits, dashes and underscores",
};
export const commandName = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";
export const variables: object = {
  type: "object",
  propertyNames: { pattern: "^[A-Za-z_][A-Za-z0-9_]{0,127}$" },
  additionalProperties: { type: "string" },
};

/** What every command may say of itself, beside its name. */
export const commandMembers: Readonly<Record<string, object>> = {
  run: { ...commandText, description: "Its text, for one `sh -c`. Values arrive as variables." },
  roles: {
    type: "array",
    minItems: 1,
    items: { type: "string", minLength: 1 },
    description: "Only on instances with one of these roles. Default: all.",
  },
  user: {
    ...userName,
    type: ["string", "null"],
    description: "a user of the operating system: by default the installer's; null: the transport's own",
  },
  cwd: { type: "string", minLength: 1, description: "Where it runs, relative to the release." },
  env: { ...variables, description: "Variables of its own." },
  timeoutMs: { ...milliseconds, default: 600_000, description: "When it is killed with all it started." },
  mayFail: {
    type: "boolean",
    default: false,
    description: "A failure is a warning, and what comes after goes on.",
  },
};

export const onceMembers: Readonly<Record<string, object>> = {
  compatible: {
    type: "boolean",
    default: true,
    description: "Of `once`: false says that the release before cannot run after this command.",
  },
  needed: {
    ...commandText,
    description:
      "Of `once`: a text that is run first; by 0 it says that the command is needed, by 1 that it is not.",
  },
  lock: {
    type: "string",
    pattern: commandName,
    description: "the name of a lock, of `once`: environments that share a database share it, and take turns",
  },
};

export const maintenanceMember: Readonly<Record<string, object>> = {
  maintenance: {
    type: "boolean",
    default: false,
    description:
      "Of `once.before`: the application is in maintenance from here until the release is in service.",
  },
};

/** The key of a command. */
const ownName: object = {
  type: "string",
  pattern: commandName,
  description:
    "a name of letters, digits, dots, dashes and underscores, unique in its phase; by default phase and position",
};

const list = (more: object) => ({
  type: "array",
  items: {
    anyOf: [
      commandText,
      {
        type: "object",
        properties: { name: ownName, ...commandMembers, ...more },
        required: ["run"],
        additionalProperties: false,
      },
    ],
  },
});

export const commandList: object = list({});
export const onceBeforeList: object = list({ ...onceMembers, ...maintenanceMember });
export const onceAfterList: object = list(onceMembers);
