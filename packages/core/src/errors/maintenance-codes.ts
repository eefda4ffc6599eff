import { defineErrors } from "./catalogue.ts";

const commands = (where: string): string =>
  `give the install plan commands for both ways in ${where}, and deploy with them once`;

/** What can go wrong with maintenance. */
export const maintenanceErrors = defineErrors({
  HWS_MAINTENANCE_NONE: {
    message: (release: string, state: "on" | "off") =>
      `the install plan that release ${release} runs with has no commands for maintenance ${state}`,
    hint: `${commands("`installer.with.maintenance`")} (docs/guide/maintenance.md)`,
  },
  HWS_MAINTENANCE_FAILED: {
    message: (state: "on" | "off", failed: readonly string[]) =>
      `maintenance is not ${state} everywhere: it failed on ${failed.join(", ")}; it stays recorded as on`,
    hint: "see `hawser logs`, mend the instances, and give the same command again: it may run twice",
  },
  HWS_MAINTENANCE_OPEN: {
    message: (command: string, release: string) =>
      `visitors see the application while ${command} runs: release ${release} has no commands for maintenance`,
    hint: "where the plan of this release has them, the next deploy finds them (docs/guide/maintenance.md)",
  },
  HWS_MAINTENANCE_UNTOLD: {
    message: (command: string, instances: readonly string[]) =>
      `${instances.join(", ")} did not answer, and may show visitors the application while ${command} runs`,
    hint: "mend the instances, or take them out with `hawser drain` before; with `rollout.unreachable: abort` the run does not begin",
  },
  HWS_MAINTENANCE_LEFT: {
    message: (why: string) => `maintenance could not be turned off again, and stays recorded: ${why}`,
    hint: "when the instances answer again give `hawser maintenance off`; `hawser status` shows it until then",
  },
  HWS_MAINTENANCE_KEPT: {
    message: (command: string) =>
      `maintenance stays on: what the instances run may not run after once command ${command}, marked \`compatible: false\``,
    hint: "a deploy that succeeds ends it; `hawser maintenance off` ends it now, when what runs can run",
  },
});
