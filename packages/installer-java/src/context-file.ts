import type { NamedCommand } from "@hawser/installer-script";
import { webapp } from "./archive.ts";
import { contextText } from "./context-text.ts";
import type { TomcatOptions } from "./options.ts";

/** Writes the context to `part`: Tomcat takes files that end in `.xml` alone. */
const writePart = `set -eu
DOC_BASE=$(printf %s "$(pwd -P)/${webapp}" | sed 's/&/\\&amp;/g; s/</\\&lt;/g; s/"/\\&quot;/g')
export DOC_BASE
place=$TOMCAT_CONTEXTS/$TOMCAT_CONTEXT
part=$TOMCAT_CONTEXTS/.$TOMCAT_CONTEXT.part.$$
trap 'rm -f "$part"' EXIT
if [ -f ${webapp}/META-INF/context.xml ]; then cat ${webapp}/META-INF/context.xml; else echo '<Context/>'; fi |
  awk '${contextText}' >"$part"`;

const versions = `"$place##"[0-9][0-9][0-9][0-9][0-9][0-9].xml`;

/** The one context of its name, for a Tomcat that starts anew. Versions would win over it. */
const asOnly = `mv -f "$part" "$place.xml"
rm -f ${versions}`;

/**
 * A version above all before it: Tomcat sends whoever has no session to the highest, by the order of texts. The two before stay:
 * one serves until this one has started, and the other one may be a release that could not start.
 */
const asNewest = `set -- ${versions}
[ -e "$1" ] || set --
while [ $# -gt 2 ]; do
  rm -f "$1"
  shift
done
newest=''
for newest; do :; done
if [ -n "$newest" ] && cmp -s "$part" "$newest"; then exit 0; fi
version=\${newest##*##}
version=\${version%.xml}
version=$((1\${version:-000000} + 1))
mv -f "$part" "$place##\${version#1}.xml"`;

/** Tells Tomcat where the release is: by its own directory, never by `current`. */
export const contextCommand = ({ contexts, name, parallel }: Required<TomcatOptions>): NamedCommand => ({
  name: "context",
  env: { TOMCAT_CONTEXTS: contexts, TOMCAT_CONTEXT: name },
  run: `${writePart}\n${parallel ? asNewest : asOnly}`,
});
