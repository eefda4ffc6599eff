import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type HawserConfig, readConfigFile } from "@hawser/core";
import { repository } from "../place.ts";
import type { Tool } from "./foreign-tree.ts";

/** The config that a guide shows: its first block of YAML that names an application. It is written into a folder, and read there. */
export const guideConfig = async (tool: Tool, folder: string): Promise<HawserConfig> => {
  const text = await readFile(join(repository, `docs/guide/moving-from-${tool}.md`), "utf8");
  const blocks = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  const whole = blocks.find((block) => /^app:/m.test(block));
  if (whole === undefined) throw new Error(`the guide of ${tool} shows no config`);
  const file = join(folder, `${tool}.yaml`);
  await writeFile(file, whole);
  return (await readConfigFile(file)) as HawserConfig;
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
