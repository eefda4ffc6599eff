import { defineErrors, type Makers } from "@hawser/core/plugin";

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
    hint: "a jar takes `java` and not `tomcat`; a war takes `tomcat`, and with `tomcat.parallel` no `service`; what Tomcat's Java is told stands in its `setenv.sh` or unit",
  },
};

/** What can be wrong in the options beyond their schema. */
export const javaErrors: Makers<typeof entries> = defineErrors(entries);
