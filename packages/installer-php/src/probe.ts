import type { CheckOptions, NamedCommand } from "@hawser/installer-script";
import type { PhpOptions, ProbeOptions } from "./options.ts";

const probeOf = ({ probe }: PhpOptions): ProbeOptions | undefined =>
  typeof probe === "string" ? { http: probe } : probe;

/** What `basename` is asked for in a page, so that it gives the release's own folder. */
const releaseFrom = (page: string): string => {
  const depth = page.split("/").length - 1;
  return depth === 0 ? "__DIR__" : `dirname(__DIR__, ${depth})`;
};

/**
 * PHP puts the real path of a file into `__DIR__` when it compiles it: a page that was compiled for another release, or found
 * through an old entry of the realpath cache, gives itself away.
 */
export const pageCommand = (options: PhpOptions): readonly NamedCommand[] => {
  const page = probeOf(options)?.page;
  if (page === undefined) return [];
  return [
    {
      name: "page",
      run: `case $PAGE in */*) mkdir -p "\${PAGE%/*}" ;; esac
printf '%s\\n' "$PAGE_TEXT" >"$PAGE"`,
      env: {
        PAGE: page,
        PAGE_TEXT: `<?php header("Content-Type: text/plain"); header("Cache-Control: no-store"); echo basename(${releaseFrom(page)}), "\\n";`,
      },
      timeoutMs: 60_000,
    },
  ];
};

/** The application itself says which release answers. */
export const probeCheck = (options: PhpOptions): CheckOptions | undefined => {
  const probe = probeOf(options);
  if (probe === undefined) return undefined;
  const { page, ...check } = probe;
  return { ...check, release: true };
};
