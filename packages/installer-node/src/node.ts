import { type NamedCommand, type ScriptInstallerOptions, serviceCommand } from "@hawser/installer-script";
import type { NodeOptions } from "./options.ts";
import { commandsOf, runScript } from "./package-manager.ts";
import { compareRuntime, noteRuntime } from "./runtime.ts";

const buildMs = 20 * 60_000;

/** On the deployer, once: the packages by the lock file, the build, and away with what only the build needed. */
const prepare = ({ manager = "npm", npmrc, build }: NodeOptions): readonly NamedCommand[] => {
  const { everything, production, prune, buildIfPresent } = commandsOf(manager);
  const settings = npmrc === undefined ? {} : { npm_config_userconfig: npmrc };
  // Some would ask whether they may replace what is there, of a terminal that there is not.
  const installing = { timeoutMs: buildMs, env: { CI: "true", ...settings } };
  const note = { name: "runtime", run: noteRuntime };
  if (build === false) return [{ name: "dependencies", run: production, ...installing }, note];
  const run = build === undefined ? buildIfPresent : runScript(manager, build);
  return [
    { name: "dependencies", run: everything, ...installing },
    { name: "build", run, timeoutMs: buildMs },
    { name: "prune", run: prune, ...installing },
    note,
  ];
};

/** The load balancer has sent the old process nothing for a while when it is told to go. */
const restart = ({ service, stopFirst = false }: NodeOptions): ScriptInstallerOptions => {
  if (service === undefined) return {};
  if (!stopFirst) {
    // A supervisor passes a signal on to the process, which stays in its release; texts of one's own know better.
    const action = typeof service === "string" ? "restart" : "reload";
    return { activate: [serviceCommand("restart", service, action)] };
  }
  const stop = serviceCommand("stop", service, "stop");
  return {
    // A stop that has been broken for long must not keep a better release out.
    ...(stop !== undefined && { leave: [{ ...stop, mayFail: true }] }),
    activate: [serviceCommand("restart", service, "restart")],
  };
};

/** The plan of a Node application. */
export const makeNode = (options: NodeOptions): ScriptInstallerOptions => ({
  prepare: prepare(options),
  install: [{ name: "runtime-check", run: compareRuntime }],
  ...restart(options),
  ...(options.probe !== undefined && { check: { http: options.probe, release: true } }),
  env: { NODE_ENV: "production" },
});
