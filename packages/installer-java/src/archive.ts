import type { NamedCommand } from "@hawser/installer-script";
import { pattern, words } from "./shell-text.ts";

/** Where the release has the war, unpacked. */
export const webapp = "webapp";

/** Sets `archive` to the one file that a path with `*` means. */
export const oneArchive = (path: string): string => `set -- ${pattern(path)}
if [ $# -ne 1 ] || [ ! -f "$1" ]; then
  echo "one archive is wanted by this name, and there is: $*" >&2
  exit 1
fi
archive=$1`;

/** Fails on the deployer, where nothing is switched yet, when there is not the one jar. */
export const jarCommand = (jar: string): NamedCommand => ({ name: "archive", run: oneArchive(jar) });

/** The unpacked war: an instance then gets the files that changed, not all of them in one. */
export const warCommand = (war: string): NamedCommand => ({
  name: "archive",
  run: `set -eu
${oneArchive(war)}
if [ -e ${webapp} ]; then
  echo "the tree has something named ${webapp}, where the war is to be unpacked" >&2
  exit 1
fi
mkdir ${webapp}
archive=$(cd "$(dirname "$archive")" && pwd -P)/$(basename "$archive")
cd ${webapp}
if command -v jar >/dev/null; then jar xf "$archive"; else unzip -q "$archive"; fi
rm -f "$archive"
if [ ! -d WEB-INF ]; then
  echo "$archive has no WEB-INF: it is no war" >&2
  exit 1
fi`,
});

/** Where paths wait while the rest of the tree is removed. */
const aside = ".hawser-ship";

const ship = (paths: readonly string[], archive: string): NamedCommand => ({
  name: "ship",
  // A path that lies in another one went with it: parents stand before what is in them.
  run: `set -eu
${archive}
set -- ${words([...paths].sort())} "$archive"
mkdir ${aside}
for path; do
  if [ -e "${aside}/$path" ] || [ -L "${aside}/$path" ]; then continue; fi
  if [ ! -e "$path" ] && [ ! -L "$path" ]; then
    echo "$path is to be shipped and is not there" >&2
    exit 1
  fi
  mkdir -p "${aside}/$(dirname "$path")"
  mv "$path" "${aside}/$path"
done
find . -mindepth 1 -maxdepth 1 ! -name ${aside} -exec rm -rf {} +
find ${aside} -mindepth 1 -maxdepth 1 -exec mv {} . \\;
rmdir ${aside}`,
});

/** Leaves in the tree what a release is made of, and nothing of what made it. */
export const shipJar = (jar: string, paths?: readonly string[]): readonly NamedCommand[] =>
  paths === undefined ? [] : [ship(paths, oneArchive(jar))];

/** A war holds all that it needs: without a word nothing else goes out. */
export const shipWar = (paths: readonly string[] = []): readonly NamedCommand[] => [
  ship(paths, `archive=${webapp}`),
];
