import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_JAVA_ARCHIVE: {
    message: (given: string): string => `installer-java is given ${given}`,
    hint: "give it `jar`, which a service starts, or `war`, which Tomcat runs",
  },
  HWS_JAVA_OPTION: {
    message: (option: string, archive: string): string => `\`${option}\` means nothing for a ${archive}`,
    hint: (option: string, _archive: string): string =>
      option === "java"
        ? "what Tomcat's Java is told stands in the `setenv.sh` or the unit of Tomcat on the instances"
        : "a jar brings its own server: leave `tomcat` out",
  },
};

/** What can be wrong in the options beyond their schema. */
export const javaErrors: Makers<typeof entries> = defineErrors(entries);
