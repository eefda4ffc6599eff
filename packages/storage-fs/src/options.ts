import type { Schema, Secret } from "@hawser/core/plugin";

export interface FsStorageOptions {
  /**
   * Where objects lie, relative to the config file. Made by the first write; its parent must exist. Several deployers
   * on one machine may share it; network file systems are refused.
   */
  readonly directory: string;
  /** How instances read the directory by themselves: the URL of a server in front of it. Nothing is written there. */
  readonly publicUrl?: string;
  /** What instances send along, such as `Authorization`. Default: none. */
  readonly headers?: Readonly<Record<string, Secret>>;
  /** A file with the certificates of the authorities that sign that server (PEM). Default: the instance's own. */
  readonly ca?: string;
  /** Instead of a URL: where instances mount the directory. */
  readonly mountedAt?: string;
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
    publicUrl: {
      type: "string",
      pattern: "^https?://[A-Za-z0-9.:\\[\\]_-]+(?:/[A-Za-z0-9._~%/-]*)?$",
      description:
        "How instances read the directory by themselves: the URL of a server in front of it, without credentials and query.",
    },
    headers: {
      type: "object",
      propertyNames: { pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" },
      additionalProperties: { type: "string", pattern: "^[^\\u0000-\\u001f]*$", secret: true },
      description: "What instances send along to `publicUrl`, such as `Authorization`.",
    },
    ca: {
      type: "string",
      path: true,
      description:
        "A file with the certificates of the authorities that sign the server of `publicUrl` (PEM).",
    },
    mountedAt: {
      type: "string",
      pattern: "^/[^\\u0000-\\u001f]*$",
      description: "Instead of `publicUrl`: where instances mount the directory.",
    },
  },
  required: ["directory"],
  dependentRequired: { headers: ["publicUrl"], ca: ["publicUrl"] },
  not: { required: ["publicUrl", "mountedAt"] },
  additionalProperties: false,
};
