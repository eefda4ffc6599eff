import type { NamedCommand } from "@hawser/installer-script";
import { oneArchive } from "./archive.ts";
import type { JavaOptions } from "./options.ts";
import { quoted, words } from "./shell-text.ts";

/** What the supervisor starts: `<root>/current/start-java`. */
export const launcher = "start-java";

const sourced = (path: string): string => `set -a\n. ${quoted(`./${path}`)}\nset +a\n`;

/** The lines that are the same in every release. */
const startLines = ({
  program = "java",
  options = [],
  arguments: given = [],
  env = {},
  envFile,
}: JavaOptions) =>
  [
    ...Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}\n`),
    envFile === undefined ? "" : sourced(envFile),
    `exec ${words([program, ...options, "-jar"])} "$PWD/$archive"${given.length === 0 ? "" : ` ${words(given)}`}\n`,
  ].join("");

/**
 * Writes the launcher of a release. It names the release's own directory, so that a process which starts while `current`
 * moves, or which reads its files late, never has those of two releases.
 */
export const launcherCommand = (jar: string, java: JavaOptions = {}): NamedCommand => ({
  name: "launcher",
  run: `set -eu
${oneArchive(jar)}
quoted() { printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\\\\\''/g")"; }
{
  printf '#!/bin/sh\\n# Made by Hawser for this release.\\n'
  printf 'cd %s || exit\\n' "$(quoted "$(pwd -P)")"
  printf 'export HAWSER_RELEASE=%s HAWSER_REVISION=%s\\n' "$(quoted "$HAWSER_RELEASE")" "$(quoted "$HAWSER_REVISION")"
  printf 'archive=%s\\n' "$(quoted "$archive")"
  cat <<'HAWSER_LINES'
${startLines(java)}HAWSER_LINES
} >${launcher}.part
chmod 755 ${launcher}.part
mv -f ${launcher}.part ${launcher}`,
});
