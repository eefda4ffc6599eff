import { type Command, type ScriptInstallerOptions, serviceCommand } from "@hawser/installer-script";
import type { NodeOptions } from "./options.ts";
import { commandsOf, runScript } from "./package-manager.ts";
import { compareRuntime, noteRuntime } from "./runtime.ts";

const buildMs = 20 * 60_000;

/** On the deployer, once: the packages by the lock file, the build, and away with what only the build needed. */
const prepare = ({ manager = "npm", npmrc, build }: NodeOptions): readonly Command[] => {
  const { everything, production, prune, buildIfPresent } = commandsOf(manager);
  const settings = npmrc === undefined ? {} : { npm_config_userconfig: npmrc };
  // Without a terminal some would ask whether they may replace what is there.
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

/** The old process has no request left to answer when it is told to go: the load balancer sent it none any more. */
const restart = ({ service, stopFirst = false }: NodeOptions): ScriptInstallerOptions => {
  if (service === undefined) return {};
  const action = typeof service === "object" && service.reload !== undefined ? "reload" : "restart";
  return {
    // A stop that has been broken for long must not keep a better release out.
    ...(stopFirst && { leave: [{ name: "stop", run: serviceCommand(service, "stop"), mayFail: true }] }),
    activate: [{ name: "restart", run: serviceCommand(service, stopFirst ? "restart" : action) }],
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
