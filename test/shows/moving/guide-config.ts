import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { HawserConfig } from "@hawser/core";
import { parse } from "yaml";
import { repository } from "../place.ts";
import type { Tool } from "./foreign-tree.ts";

/** The config that a guide shows: its first block of YAML that names an application. */
export const guideConfig = (tool: Tool): HawserConfig => {
  const text = readFileSync(join(repository, `docs/guide/moving-from-${tool}.md`), "utf8");
  const blocks = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  const whole = blocks.find((block) => /^app:/m.test(block));
  if (whole === undefined) throw new Error(`the guide of ${tool} shows no config`);
  return parse(whole) as HawserConfig;
};

/** A command of the guide, in place of which one only says that it ran: its programs are not on these servers. */
const told = (phase: string) => (command: string | { readonly run: string }) => {
  const text = typeof command === "string" ? command : command.run;
  const run = `printf '%s\\n' '${phase}: ${text.replaceAll("'", "'\\''")}' >> "$HAWSER_ROOT/ran"`;
  return typeof command === "string" ? run : { ...command, run };
};

type Commands = readonly (string | { readonly run: string })[];
type Phases = Readonly<Record<"install" | "activate", Commands | undefined>>;

/**
 * The guide's config on these servers: application, retention, rollout and installer are the guide's; who and where the servers
 * are, and what names a release in its files, is the stage's.
 */
export const onServers = (guide: HawserConfig, stage: HawserConfig): HawserConfig => {
  const own = guide.installer?.with as Phases;
  const phases = {
    install: (own.install ?? []).map(told("install")),
    activate: (own.activate ?? []).map(told("activate")),
  };
  return {
    ...stage,
    app: guide.app,
    ...(guide.keep !== undefined && { keep: guide.keep }),
    installer: {
      use: "@hawser/installer-script",
      with: { ...own, ...(stage.installer?.with as object), ...phases },
    },
  };
};
