import { defineErrors, type Makers } from "@hawser/core/plugin";

const hints: Readonly<Record<string, string>> = {
  java: "what Tomcat's Java is told stands in the `setenv.sh` or the unit of Tomcat on the instances",
  tomcat: "a jar brings its own server: leave `tomcat` out",
  service: "a Tomcat that goes on is not restarted: leave `service` out, or `tomcat.parallel`",
};

const entries = {
  HWS_JAVA_ARCHIVE: {
    message: (given: string): string => `installer-java is given ${given}`,
    hint: "give it `jar`, which a service starts, or `war`, which Tomcat runs",
  },
  HWS_JAVA_SERVICE: {
    message: (archive: string): string => `installer-java does not know what runs the ${archive}`,
    hint: "give it `service`, as `systemd:shop`; a war in a Tomcat that goes on has `tomcat: { parallel: true }` instead",
  },
  HWS_JAVA_OPTION: {
    message: (option: string, archive: string): string => `\`${option}\` means nothing for a ${archive}`,
    hint: (option: string, _archive: string): string => hints[option] ?? "leave it out",
  },
};

/** What can be wrong in the options beyond their schema. */
export const javaErrors: Makers<typeof entries> = defineErrors(entries);
