import { type ScriptInstallerOptions, serviceCommand } from "@hawser/installer-script";
import type { StaticSiteOptions } from "./options.ts";

/** From options to commands: a pure function. Each command has a key, by which a config bends it. */
export const staticSite = ({
  output = "dist",
  build = "npm run build",
  server,
  health,
}: StaticSiteOptions): ScriptInstallerOptions => ({
  // On the deployer, once: instances need no Node.
  prepare: [
    { name: "dependencies", run: "npm ci --no-audit --no-fund" },
    { name: "build", run: build },
  ],
  // On each instance, before the switch: what differs between releases of the same bytes.
  install: [{ name: "version", run: `printf '%s\\n' "$HAWSER_RELEASE" > ${output}/version.txt` }],
  activate: server === undefined ? [] : [serviceCommand("reload", server, "reload")],
  // Made by `install`, so no sign that somebody changed the release.
  generated: [`${output}/version.txt`],
  ...(health !== undefined && { check: { http: health, release: true } }),
});
