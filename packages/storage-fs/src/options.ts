import type { Schema } from "@hawser/core/plugin";

export interface FsStorageOptions {
  /**
   * Where objects lie, relative to the config file. Made by the first write; its parent must exist. Several deployers
   * on one machine may share it; network file systems are refused.
   */
  readonly directory: string;
}

export const schema: Schema<FsStorageOptions> = {
  type: "object",
  properties: {
    directory: {
      type: "string",
      minLength: 1,
      path: true,
      description:
        "Where objects lie, relative to the config file. Made by the first write; its parent must exist.",
    },
  },
  required: ["directory"],
  additionalProperties: false,
};
