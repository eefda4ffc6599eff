import { type NamedCommand, type ScriptInstallerOptions, serviceCommand } from "@hawser/installer-script";
import { jarCommand, shipJar, shipWar, warCommand } from "./archive.ts";
import { buildCommands } from "./build.ts";
import { contextCommand } from "./context-file.ts";
import { javaErrors } from "./errors.ts";
import { healthCheck } from "./health.ts";
import { launcher, launcherCommand } from "./launcher.ts";
import type { JavaInstallerOptions } from "./options.ts";

const stopLimitMs = 90_000;

/** What is the same for a jar and a war: the old process is gone before the new release becomes active. */
const restarting = ({ service }: JavaInstallerOptions) => {
  const stop = serviceCommand("stop", service, "stop");
  return {
    // A process that does not want to end is a warning: the restart replaces it.
    leave: stop === undefined ? [] : [{ ...stop, mayFail: true, timeoutMs: stopLimitMs }],
    restart: { ...serviceCommand("restart", service, "restart"), timeoutMs: stopLimitMs } as NamedCommand,
  };
};

const ofJar = (jar: string, options: JavaInstallerOptions): ScriptInstallerOptions => {
  const { leave, restart } = restarting(options);
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
  const { leave, restart } = restarting(options);
  const { contexts = defaultContexts, name = "ROOT" } = options.tomcat ?? {};
  return {
    prepare: [...buildCommands(options.build), warCommand(war), ...shipWar(options.ship)],
    leave,
    activate: [contextCommand({ contexts, name }), restart],
    check: healthCheck(options, pathOf(name)),
  };
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
