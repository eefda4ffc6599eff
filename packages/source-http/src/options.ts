import type { ArchiveFormat, Schema, Secret } from "@hawser/core/plugin";

export interface HttpSourceOptions {
  readonly url: string;
  readonly ref?: string;
  readonly sha256?: string;
  readonly format?: ArchiveFormat;
  readonly file?: string;
  readonly stripComponents?: number;
  readonly username?: string;
  readonly password?: Secret;
  readonly token?: Secret;
  readonly headers?: Readonly<Record<string, Secret>>;
  readonly ca?: string;
}

export const schema: Schema<HttpSourceOptions> = {
  type: "object",
  properties: {
    url: {
      type: "string",
      minLength: 1,
      description:
        "The artifact: an https:// or http:// URL without credentials. `{ref}` in its path or query stands for the ref of the deploy.",
    },
    ref: {
      type: "string",
      minLength: 1,
      description: "What `{ref}` stands for when a deploy asks for none.",
    },
    sha256: {
      type: "string",
      pattern: "^[0-9A-Fa-f]{64}$",
      description:
        "The digest that the artifact must have. With it the server is asked only for what is not kept.",
    },
    format: {
      enum: ["tar", "tar.gz", "tar.zst", "zip"],
      description:
        "What the archive is. Default: what the URL's file name ends in (.tar, .tar.gz, .tgz, .tar.zst, .zip).",
    },
    file: {
      type: "string",
      minLength: 1,
      description:
        "The artifact is no archive but one file: its path in the application, such as `app.jar` or `bin/app`.",
    },
    stripComponents: {
      type: "integer",
      minimum: 0,
      default: 0,
      description: "How many leading path components of the archive's names are dropped.",
    },
    username: { type: "string", minLength: 1, description: "Basic authentication: the user." },
    password: { type: "string", secret: true, description: "Basic authentication: the password." },
    token: { type: "string", secret: true, description: "The token of `Authorization: Bearer`." },
    headers: {
      type: "object",
      additionalProperties: { type: "string", secret: true },
      default: {},
      description:
        "More headers, such as `PRIVATE-TOKEN`. They never go to another origin than the URL's own.",
    },
    ca: {
      type: "string",
      path: true,
      description:
        "A file with the certificates of the authorities that are trusted (PEM). Default: Node's own.",
    },
  },
  required: ["url"],
  additionalProperties: false,
};
