import type { Schema } from "@hawser/core/plugin";

export interface DirectorySourceOptions {
  readonly path: string;
  readonly exclude?: readonly string[];
}

export const schema: Schema<DirectorySourceOptions> = {
  type: "object",
  properties: {
    path: {
      type: "string",
      minLength: 1,
      path: true,
      description: "The directory. A relative path starts at the config file.",
    },
    exclude: {
      type: "array",
      items: { type: "string", minLength: 1 },
      default: [],
      description:
        "Paths that are left out, relative to the directory: `*` and `?` stand for characters of one name, `**` for any number of directories. A directory is left out whole.",
    },
  },
  required: ["path"],
  additionalProperties: false,
};
