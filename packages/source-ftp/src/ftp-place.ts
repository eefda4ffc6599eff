import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { type ArchiveFormat, archiveFormatOf, type PluginContext, Secret } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { FtpSourceOptions } from "./options.ts";

/** A server, how it is spoken to, and what is read there: options that passed their grammars. */
export interface FtpPlace {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean | "implicit";
  readonly username: string;
  readonly password: Secret;
  /** Without a slash at its end, unless it is the root; empty for the directory in which the login begins. */
  readonly path: string;
  /** The format of the archive at `path`; absent for a directory. */
  readonly archive?: ArchiveFormat;
  /** Where it is, without credentials. */
  readonly url: string;
  /** PEM of the authorities that are trusted instead of those of Node.js. */
  readonly ca?: string;
  readonly maxTlsVersion: "TLSv1.2" | "TLSv1.3";
  /** A server that says nothing for so long is lost. */
  readonly silenceMs: number;
}

const control = /[\x00-\x1f\x7f]/;
const hostName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/;

const refuse = (option: string, why: string): never => {
  throw errors.HWS_FTP_OPTION([option, why]);
};

const checkText = (options: FtpSourceOptions): void => {
  const { host, path, username = "", password } = options;
  if (isIP(host) === 0 && !hostName.test(host)) refuse("host", "it is neither a host name nor an IP address");
  for (const [option, text] of Object.entries({ path, username, password: password?.reveal() ?? "" })) {
    if (control.test(text)) refuse(option, "it has a control character");
  }
  if (path !== "." && path.split("/").some((part) => part === "." || part === "..")) {
    refuse("path", "it has . or .. in it");
  }
};

/** Refuses options that would silently be of no effect. */
const checkUse = (options: FtpSourceOptions, archive: ArchiveFormat | undefined): void => {
  const { exclude, connections, stripComponents, ca, maxTlsVersion, allowPlaintext } = options;
  const idle = {
    ...(archive === undefined ? { stripComponents } : { exclude, connections }),
    ...(options.secure === false ? { ca, maxTlsVersion } : { allowPlaintext: allowPlaintext || undefined }),
  };
  const kind = archive === undefined ? "a directory" : "an archive";
  const protection = options.secure === false ? "without" : "with";
  for (const [option, value] of Object.entries(idle)) {
    if (value !== undefined) refuse(option, `it says nothing of ${kind} ${protection} TLS`);
  }
};

const urlOf = (host: string, secure: boolean | "implicit", port: number, path: string): string => {
  const name = isIP(host) === 6 ? `[${host}]` : host;
  const usual = secure === "implicit" ? 990 : 21;
  const where = path.replace(/^\//, "").split("/").map(encodeURIComponent).join("/");
  return `${secure === false ? "ftp" : "ftps"}://${name}${port === usual ? "" : `:${port}`}/${where}`;
};

/** Checks the options; the one file that they name is read here. */
export const placeOf = async (options: FtpSourceOptions, context: PluginContext): Promise<FtpPlace> => {
  checkText(options);
  const { host, secure = true, username = "anonymous", password, ca, maxTlsVersion = "TLSv1.3" } = options;
  const path = options.path === "." ? "" : options.path.replace(/(?<=.)\/+$/, "");
  const archive = archiveFormatOf(path);
  checkUse(options, archive);
  if (secure === false && password !== undefined && options.allowPlaintext !== true) {
    throw errors.HWS_FTP_PLAINTEXT([host]);
  }
  const port = options.port ?? (secure === "implicit" ? 990 : 21);
  const url = urlOf(host, secure, port, path);
  if (secure === false) {
    context.logger.warn(errors.HWS_FTP_UNENCRYPTED([url]).message);
  }
  return {
    ...{ host, port, secure, username, path, url, maxTlsVersion, silenceMs: 30_000 },
    // What anonymous logins are asked for by custom.
    password: password ?? new Secret("anonymous@"),
    ...(archive !== undefined && { archive }),
    ...(ca !== undefined && { ca: await readAuthorities(ca) }),
  };
};

const readAuthorities = async (file: string): Promise<string> => {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) =>
    refuse("ca", `${file} cannot be read (${cause.code ?? cause.message})`),
  );
  if (!text.includes("-----BEGIN CERTIFICATE-----")) refuse("ca", `${file} has no certificate in PEM`);
  return text;
};
