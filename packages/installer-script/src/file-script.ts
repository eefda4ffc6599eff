import type { FileOptions } from "./file-options.ts";

/** Names of secrets passed a grammar, and are all that differs between two of these texts. */
const contentOf = ({ secret, variables = [] }: FileOptions): string => {
  if (secret !== undefined) return `printf '%s' "$HAWSER_SECRET_${secret}"`;
  return variables.map((name) => `line ${name} "$HAWSER_SECRET_${name}"`).join(" &&\n  ");
};

/**
 * A line `NAME="value"` that sh and the dotenv parsers of Node and Symfony read alike. Nothing in it is expanded: a value with
 * a backslash, a dollar, a double quote or a backtick stands in single quotes, which they take as they are; with a single
 * quote as well there is only the backslash left, as sh has it. (Python's parser expands inside single quotes.)
 */
const lineFunction = `line() {
  case $2 in
    *\\\\* | *\\"* | *\\$* | *\\\`*)
      case $2 in
        *\\'*) printf '%s="' "$1" && printf '%s' "$2" | LC_ALL=C sed 's/[\\"$\`]/\\\\&/g' && printf '"\\n' ;;
        *) printf "%s='%s'\\n" "$1" "$2" ;;
      esac
      ;;
    *) printf '%s="%s"\\n' "$1" "$2" ;;
  esac
}
`;

/**
 * Writes a file of secrets at `HAWSER_FILE`, whole or not at all: unreadable for others from its first byte, beside its
 * place, renamed over it. The values are read from the environment by the shell itself and reach no program's arguments. An
 * owner gets it at last, by the very call that `doctor` asks for: its rule of sudo names the file's own path.
 */
export const fileScript = (file: FileOptions): string => `umask 077
file=$HAWSER_FILE owner=\${HAWSER_FILE_OWNER-} group=\${HAWSER_FILE_GROUP-}
stop() { printf '%s: %s\\n' "$file" "$1" >&2; exit 1; }
give() {
  whole=$HAWSER_ROOT/releases/$HAWSER_RELEASE/$file
  if [ "$(id -u)" = 0 ]; then chown -hR "$owner" "$whole"; else sudo -n chown -hR "$owner" "$whole"; fi
}
${file.secret === undefined ? lineFunction : ""}content() {
  ${contentOf(file)}
}
at=. rest=$file
while :; do
  case $rest in */*) ;; *) break ;; esac
  at=$at/\${rest%%/*} rest=\${rest#*/}
  [ ! -L "$at" ] || stop "a part of its path is a link: $at"
  [ -d "$at" ] || (umask 022 && mkdir "$at") || stop "its folder cannot be made"
done
[ ! -d "$at/$rest" ] || stop "a folder stands in its place"
part=$at/.$rest.hawser-part
trap 'rm -f -- "$part"' EXIT
rm -f -- "$part" && set -C && content >"$part" || stop "it cannot be written"
chmod "$HAWSER_FILE_MODE" "$part" || stop "it cannot be given the mode $HAWSER_FILE_MODE"
[ -z "$group" ] || chgrp -- "$group" "$part" || stop "it cannot be given to the group $group: is $(id -un) in it?"
sync "$part" 2>/dev/null || sync
mv -f -- "$part" "$at/$rest" || stop "it cannot be put in its place"
[ -z "$owner" ] || [ "$owner" = "$(id -un)" ] || give || { rm -f -- "$at/$rest"; stop "it cannot be given to $owner"; }
`;
