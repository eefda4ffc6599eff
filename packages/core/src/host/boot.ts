/**
 * The constant command that starts the host program on an instance: it reads one line, takes the program from the
 * instance or from standard input, checks its digest and runs it. One pair of single quotes, and no `!`, backslash or
 * newline inside, so that sh, bash, zsh, csh and fish as login shells all hand it on as it is.
 */
const script = [
  "unset CDPATH",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's.
  "hws_lc=${LC_ALL-unset}",
  "LC_ALL=C",
  "export LC_ALL",
  'IFS=" " read -r greeting version digest length keep root || exit 1',
  'say() { echo; echo "hawser $*"; }',
  'case "$greeting $version" in "hawser 1") ;; *) say error this program speaks version 1; exit 1;; esac',
  'case $(printf %s "$digest$length$keep" | tr -d a-z0-9)$(printf %s "$root" | tr -d A-Za-z0-9._/-) in "") ;; *) say error the greeting is not valid; exit 1;; esac',
  "if command -v sha256sum >/dev/null; then sum() { sha256sum; }; elif command -v shasum >/dev/null; then sum() { shasum -a 256; }; elif command -v openssl >/dev/null; then sum() { openssl dgst -sha256 -r; }; else say error there is no sha256 tool on this instance; exit 1; fi",
  'good() { test "$(printf %s "$text" | sum | cut -c 1-64)" = "$digest"; }',
  "text= sent=",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's.
  'kept=$root/.hawser/host/$digest; if test -f "$kept"; then text=$(cat "$kept"; echo x); text=${text%x}; good || text=; fi',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's.
  'if test -n "$text"; then say have; else say need; text=$(dd bs="$length" count=1 iflag=fullblock 2>/dev/null || dd bs=1 count="$length" 2>/dev/null; echo x); text=${text%x}; sent=yes; good || { say error the program arrived damaged; exit 1; }; fi',
  'eval "$text"',
];

/** The command line for the instance's login shell. Exits by itself when standard input ends. */
export const hostBoot: string = `exec sh -c '${script.join("; ")}'`;
