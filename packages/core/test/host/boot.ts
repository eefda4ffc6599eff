import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { hostProgram } from "../../src/host/program.ts";
import { type BootSettings, bootScript } from "../../src/provision/boot-script.ts";
import { application, environment } from "./releases.ts";
import { killGroup } from "./shells.ts";
import { folder } from "./trees.ts";

export interface BootEnd {
  readonly status: number | null;
  readonly log: string;
}

/** The boot script of a machine whose storage is mounted at a directory. */
export const scriptFor = (root: string, storage: string, settings: Partial<BootSettings> = {}): string =>
  bootScript(
    {
      version: "0.0.0",
      application,
      environment,
      root,
      roles: ["web"],
      reader: { kind: "file", directory: storage },
      trust: undefined,
      minimumVersion: 0,
      sealed: false,
      secretsPublished: false,
      ready: [],
      waitMs: 20_000,
      ...settings,
    },
    hostProgram(),
  );

/** Runs a boot script to its end, in the `sh` of the path's first folder, as a unit would. */
export const boot = (
  script: string,
  { path, env = {} }: { readonly path: string; readonly env?: Readonly<Record<string, string>> },
): Promise<BootEnd> => {
  const file = join(folder(), "boot.sh");
  writeFileSync(file, script, { mode: 0o600 });
  const child = spawn(join(path.split(":")[0]!, "sh"), [file], {
    env: { PATH: path, HOME: tmpdir(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  onTestFinished(() => killGroup(child, "SIGKILL"));
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (log += String(chunk)));
  return new Promise((resolve) => child.once("close", (status) => resolve({ status, log })));
};
