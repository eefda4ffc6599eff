import { dirname } from "node:path";
import type { GroundInstance } from "./instance.ts";
import { type RunitService, underRunit } from "./runit.ts";

/** Debian's Tomcat on every instance, with a folder of its own (`CATALINA_BASE`) and a supervisor. */
export interface TomcatService extends RunitService {
  /** Its folder of context files. */
  readonly contexts: string;
}

/** Small and quick to start: the machines of a show share two processors. */
const javaOptions = "-Xmx64m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData";

/** It looks for new contexts each second, and takes away an older version that nobody has a session in. */
const oftenAndLast =
  's/<Engine /&backgroundProcessorDelay="1" /; s/ autoDeploy="true"/& undeployOldVersions="true"/';

export const tomcatOn = (port: number, root = "/srv/app"): TomcatService => {
  const base = `${dirname(root)}/tomcat`;
  const contexts = `${base}/conf/Catalina/localhost`;
  const run = `#!/bin/sh
exec 2>&1
export CATALINA_BASE=${base} CATALINA_HOME=/usr/share/tomcat10 CATALINA_OPTS="${javaOptions}"
exec /usr/share/tomcat10/bin/catalina.sh run
`;
  const { service, ready } = underRunit("tomcat", run, root);
  return {
    service,
    contexts,
    ready: async (instance: GroundInstance) => {
      await instance.run("tomcat10-instance-create", "-p", String(port), base);
      await instance.run("sed", "-i", oftenAndLast, `${base}/conf/server.xml`);
      await instance.run("mkdir", "-p", contexts);
      await ready(instance);
    },
  };
};
