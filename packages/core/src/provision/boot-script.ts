import type { InstanceReader } from "../contracts/storage.ts";
import type { HostProgram } from "../contracts/transport.ts";
import type { Trust } from "../signing/trust.ts";

/** What a machine is told about itself and its environment. */
export interface BootSettings {
  readonly version: string;
  readonly application: string;
  /** Empty for the top level. */
  readonly environment: string;
  readonly root: string;
  readonly roles: readonly string[];
  readonly reader: InstanceReader;
  /** Undefined: nothing is signed, and whoever may write to storage decides what machines run. */
  readonly trust: Trust | undefined;
  /** No older desired state is believed. */
  readonly minimumVersion: number;
  /** Only sealed forms are stored. */
  readonly sealed: boolean;
  /** The secrets of the environment are in storage, sealed. */
  readonly secretsPublished: boolean;
  /** Prints the value of the secret that `HAWSER_SECRET_NAME` names. */
  readonly secretsCommand?: string;
  /** Run in `current`, in order, when the machine is healthy. */
  readonly ready: readonly string[];
  /** How long to wait for storage. */
  readonly waitMs: number;
}

/** One word of sh, whatever the text. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** One command a line: newlines and `%` are percent-encoded, and all that a reader of the script could not see. */
const commandLine = (command: string): string =>
  Array.from(Buffer.from(command), (byte) =>
    byte < 0x20 || byte > 0x7e || byte === 0x25
      ? `%${byte.toString(16).toUpperCase().padStart(2, "0")}`
      : String.fromCharCode(byte),
  ).join("");

/** A value between double quotes in curl's configuration. */
const curlText = (text: string): string => text.replace(/["\\]/g, "\\$&");

const readerWords = (reader: InstanceReader): readonly (readonly [string, string])[] => {
  switch (reader.kind) {
    case "file":
      return [["p_reader_at", reader.directory]];
    case "https":
      return [
        ["p_reader_at", reader.url.replace(/\/+$/, "")],
        [
          "p_reader_lines",
          Object.entries(reader.headers)
            .map(([name, value]) => `header = "${curlText(`${name}: ${value.reveal()}`)}"`)
            .join("\n"),
        ],
      ];
    case "script":
      return [["p_reader_script", reader.script]];
  }
};

const words = (settings: BootSettings): readonly (readonly [string, string])[] => {
  const { reader, trust } = settings;
  const authority = reader.kind === "file" ? undefined : reader.ca;
  return [
    ["p_application", settings.application],
    ["p_environment", settings.environment],
    ["root", settings.root],
    ["p_roles", settings.roles.join(" ")],
    ["p_minimum", String(settings.minimumVersion)],
    ["p_signers", trust?.signers ?? ""],
    ["p_principal", trust?.principal ?? ""],
    ["p_revoked", trust?.revoked ?? ""],
    ["p_sealed", settings.sealed ? "yes" : ""],
    ["p_published", settings.secretsPublished ? "yes" : ""],
    ["p_secrets_command", settings.secretsCommand ?? ""],
    ["p_wait", String(Math.ceil(settings.waitMs / 1000))],
    ["p_ready", settings.ready.map(commandLine).join("\n")],
    ["p_reader", reader.kind],
    ["p_authority", authority?.trimEnd() ?? ""],
    ...readerWords(reader),
  ];
};

/**
 * The POSIX script that brings a machine from nothing to what its environment should run. The program stands in it, and
 * runs only when it has the digest that the script names; it is the last word, so that a script that was cut does nothing.
 */
export const bootScript = (settings: BootSettings, { digest, text }: HostProgram): string =>
  [
    "#!/bin/sh",
    `# ${settings.application}, ${settings.environment || "top level"}: brings this machine to the desired release, from storage alone.`,
    `# Made by hawser provision ${settings.version}. Run it at each boot; docs/guide/self-provisioning.md.`,
    "# It may hold what reads storage: keep it readable for its user alone.",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's.
    "hws_lc=${LC_ALL-unset}",
    "LC_ALL=C",
    "export LC_ALL",
    "unset CDPATH",
    "mode=provision keep=once sent=",
    ...words(settings).map(([name, value]) => `${name}=${quoted(value)}`),
    `digest=${digest}`,
    `text=${quoted(Buffer.from(text).toString("utf8"))}`,
    "if command -v sha256sum >/dev/null; then sum() { sha256sum; }",
    "elif command -v shasum >/dev/null; then sum() { shasum -a 256; }",
    "else sum() { openssl dgst -sha256 -r; }; fi",
    'if [ "$(printf %s "$text" | sum | cut -c 1-64)" != "$digest" ]; then',
    '  echo "not ready: this script is damaged" >&2',
    "  exit 65",
    "fi",
    'eval "$text"',
    "",
  ].join("\n");
