import { existsSync, readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Listener } from "@hawser/core/plugin";
import { pluginContext, temporaryDirectory } from "@hawser/testkit";
import { createListener } from "../src/command-listener.ts";
import type { CommandListenerOptions } from "../src/options.ts";

/** A program that keeps each event that it is given in a line, and does what the file `how` says. */
const program = `#!/bin/sh
case $(cat how 2>/dev/null) in
  fail) echo "no line to the chat" >&2; exit 3 ;;
  hang) sleep 600 ;;
esac
cat >>told
env | grep ^HAWSER_ | sort >env
echo "this is nobody's business"
`;

export interface CommandTrial extends AsyncDisposable {
  readonly listener: Listener;
  readonly directory: string;
  told(): readonly string[];
  how(what: "fail" | "hang"): Promise<void>;
}

export const openTrial = async (options: CommandListenerOptions = {}): Promise<CommandTrial> => {
  const directory = temporaryDirectory("hawser-command-");
  await writeFile(join(directory, "notify.sh"), program, { mode: 0o755 });
  const chosen = options.run === undefined ? { argv: ["./notify.sh"] } : {};
  const context = pluginContext({ baseDirectory: directory, cacheDirectory: directory });
  const file = join(directory, "told");
  return {
    directory,
    listener: createListener({ ...chosen, ...options }, context),
    told: () => (existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : []),
    how: (what) => writeFile(join(directory, "how"), what),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
};
