import type { Schema, Secret } from "@hawser/core/plugin";

export interface FtpSourceOptions {
  readonly host: string;
  readonly port?: number;
  readonly path: string;
  readonly username?: string;
  readonly password?: Secret;
  readonly secure?: boolean | "implicit";
  readonly ca?: string;
  readonly allowPlaintext?: boolean;
  readonly maxTlsVersion?: "TLSv1.2" | "TLSv1.3";
  readonly connections?: number;
  readonly exclude?: readonly string[];
  readonly stripComponents?: number;
}

export const schema: Schema<FtpSourceOptions> = {
  type: "object",
  properties: {
    host: { type: "string", minLength: 1, description: "The server: a host name or an IP address." },
    port: {
      type: "integer",
      minimum: 1,
      maximum: 65_535,
      description: "Default: 21, and 990 with implicit TLS.",
    },
    path: {
      type: "string",
      minLength: 1,
      description:
        "The directory, or the archive (a name that ends in .tar, .tar.gz, .tgz, .tar.zst or .zip). Without a leading / it starts in the directory where the login begins, which is `.` itself.",
    },
    username: { type: "string", minLength: 1, default: "anonymous", description: "Who logs in." },
    password: { type: "string", secret: true, description: "The password." },
    secure: {
      enum: [true, "implicit", false],
      default: true,
      description:
        "true: TLS is asked for before the login (explicit FTPS). implicit: TLS from the first byte. false: no TLS.",
    },
    ca: {
      type: "string",
      path: true,
      description:
        "A file with the certificates of the authorities that are trusted (PEM). Default: those that Node.js brings.",
    },
    allowPlaintext: {
      type: "boolean",
      default: false,
      description: "Allows a password with secure: false; everybody on the way can read it.",
    },
    maxTlsVersion: {
      enum: ["TLSv1.2", "TLSv1.3"],
      default: "TLSv1.3",
      description:
        "The newest version of TLS that is spoken. TLSv1.2 is for servers that refuse data connections under 1.3.",
    },
    connections: {
      type: "integer",
      minimum: 1,
      maximum: 32,
      default: 4,
      description: "Directories: how many connections at most. Fewer are used when the server refuses more.",
    },
    exclude: {
      type: "array",
      items: { type: "string", minLength: 1 },
      default: [],
      description:
        "Directories: paths that are left out, relative to the directory: `*` and `?` stand for characters of one name, `**` for any number of directories. A directory is left out whole.",
    },
    stripComponents: {
      type: "integer",
      minimum: 0,
      default: 0,
      description: "Archives: how many leading parts of the names in it are dropped.",
    },
  },
  required: ["host", "path"],
  additionalProperties: false,
};
