/** Where a release says what its native modules were built for. It is there only when it has any. */
const file = ".native-modules";

/** System, processor and C library. */
const machine = `$(node -p '[process.platform, process.arch, process.report.getReport().header.glibcVersionRuntime ? "glibc" : "other"].join(" ")')`;

/** The version of the binary interface: one for each major version of Node. */
const abi = "$(node -p process.versions.modules)";

/**
 * On the deployer. Modules that were compiled there run with that major version of Node only, those that came as binaries
 * of a package with any; what stands below `prebuilds` is for many systems, and its package chooses when it runs.
 */
export const noteRuntime: string = `rm -f ${file}
modules=$(find node_modules -type f -name '*.node' ! -path '*/prebuilds/*' 2>/dev/null)
[ -n "$modules" ] || exit 0
case $modules in */build/Release/*) abi=${abi} ;; *) abi=any ;; esac
echo "${machine} $abi" >${file}`;

/** On an instance, before anything is switched: a module for another Node ends the process when it is loaded. */
export const compareRuntime: string = `[ -f ${file} ] || exit 0
command -v node >/dev/null || { echo 'there is no node in PATH: add it to env.PATH' >&2; exit 1; }
built=$(cat ${file})
case $built in *' any') abi=any ;; *) abi=${abi} ;; esac
here="${machine} $abi"
[ "$built" != "$here" ] || exit 0
echo "the native modules were built for: $built; this machine has: $here" >&2
echo 'build on a deployer with the same system and major version of Node, or skip the command runtime-check' >&2
exit 1`;
