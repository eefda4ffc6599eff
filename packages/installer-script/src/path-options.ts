import { userName } from "./command-options.ts";

/** A directory of the release that the application may write to. */
export interface WritablePath {
  readonly path: string;
  /** Default: as it is found or made. */
  readonly owner?: string;
  readonly group?: string;
  /** Octal, as `2775`. */
  readonly mode?: string;
}

/** A path that outlives releases. */
export interface SharedPath extends WritablePath {
  /**
   * What becomes of what the release has at the path while nothing is shared there: true moves it into `shared`, false
   * leaves it behind. Default: it is refused.
   */
  readonly adopt?: boolean;
}

export const octalMode: object = {
  type: "string",
  pattern: "^[0-7]{3,4}$",
  description: 'an octal mode in quotes like "2775"',
};
const members = {
  path: { type: "string", minLength: 1, description: "Relative to the release." },
  owner: { ...userName, description: "a user of the operating system; by default as it is found or made" },
  group: { ...userName, description: "a group of the operating system; by default as it is found or made" },
  mode: octalMode,
};

const list = (properties: object) => ({
  type: "array",
  items: {
    anyOf: [
      { type: "string", minLength: 1 },
      { type: "object", properties, required: ["path"], additionalProperties: false },
    ],
  },
});

const adopt: object = {
  type: "boolean",
  description:
    "What becomes of what the release has there while nothing is shared: true moves it into `shared`, false leaves it behind. Default: it is refused.",
};

export const sharedList: object = list({ ...members, adopt });
export const writableList: object = list(members);
export const generatedList: object = { type: "array", items: members.path };
