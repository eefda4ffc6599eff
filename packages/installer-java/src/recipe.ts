import {
  type NamedCommand,
  type ScriptInstallerOptions,
  type Service,
  serviceCommand,
} from "@hawser/installer-script";
import { jarCommand, shipJar, shipWar, warCommand } from "./archive.ts";
import { buildCommands } from "./build.ts";
import { contextCommand } from "./context-file.ts";
import { javaErrors } from "./errors.ts";
import { healthCheck } from "./health.ts";
import { launcher, launcherCommand } from "./launcher.ts";
import type { JavaInstallerOptions } from "./options.ts";

/** Longer than the supervisors wait before they kill what does not end. */
const stopLimitMs = 120_000;

/** What is the same for a jar and a war: the old process is gone before the new release becomes active. */
const restarting = (service: Service) => {
  const stop = serviceCommand("stop", service, "stop");
  const restart: NamedCommand = { ...serviceCommand("restart", service, "restart"), timeoutMs: stopLimitMs };
  return {
    // A process that does not want to end is a warning: the restart replaces it.
    leave: stop === undefined ? [] : [{ ...stop, mayFail: true, timeoutMs: stopLimitMs }],
    restart,
  };
};

const ofJar = (jar: string, options: JavaInstallerOptions): ScriptInstallerOptions => {
  if (options.service === undefined) throw javaErrors.HWS_JAVA_SERVICE(["jar"]);
  const { leave, restart } = restarting(options.service);
  return {
    prepare: [...buildCommands(options.build), jarCommand(jar), ...shipJar(jar, options.ship)],
    install: [launcherCommand(jar, options.java)],
    leave,
    activate: [restart],
    generated: [launcher],
    check: healthCheck(options),
  };
};

const defaultContexts = "/etc/tomcat10/Catalina/localhost";

/** As Tomcat makes the path of a context from its name. */
const pathOf = (name: string): string => (name === "ROOT" ? "" : `/${name.replaceAll("#", "/")}`);

const ofWar = (war: string, options: JavaInstallerOptions): ScriptInstallerOptions => {
  const { service, tomcat = {} } = options;
  const { contexts = defaultContexts, name = "ROOT", parallel = false } = tomcat;
  const context = contextCommand({ contexts, name, parallel });
  const all: ScriptInstallerOptions = {
    prepare: [...buildCommands(options.build), warCommand(war), ...shipWar(options.ship)],
    activate: [context],
    check: healthCheck(options, pathOf(name)),
  };
  if (parallel) {
    if (service !== undefined)
      throw javaErrors.HWS_JAVA_OPTION(["service", "war beside others in one Tomcat"]);
    return all;
  }
  if (service === undefined) throw javaErrors.HWS_JAVA_SERVICE(["war"]);
  const { leave, restart } = restarting(service);
  return { ...all, leave, activate: [context, restart] };
};

/** What the installer of commands does for a Java application; for recipes that stand on this one. */
export const makeJava = (options: JavaInstallerOptions): ScriptInstallerOptions => {
  const { jar, war } = options;
  if (jar !== undefined && war !== undefined) throw javaErrors.HWS_JAVA_ARCHIVE(["both a jar and a war"]);
  if (jar !== undefined) {
    if (options.tomcat !== undefined) throw javaErrors.HWS_JAVA_OPTION(["tomcat", "jar"]);
    return ofJar(jar, options);
  }
  if (war === undefined) throw javaErrors.HWS_JAVA_ARCHIVE(["neither a jar nor a war"]);
  if (options.java !== undefined) throw javaErrors.HWS_JAVA_OPTION(["java", "war"]);
  return ofWar(war, options);
};
