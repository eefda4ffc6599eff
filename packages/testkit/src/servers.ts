/** The test servers alone, for programs that run outside of vitest. */
export type { CommandResult } from "./servers/command.ts";
export type { Fleet, FleetInstance, FleetOptions, MachineOptions } from "./servers/fleet.ts";
export { type SaltApiStandIn, startSaltApiStandIn } from "./servers/salt-api-stand-in.ts";
export { startFleet } from "./servers/sshd-fleet.ts";
export { startWebInstance, type WebInstance, type WebInstanceOptions } from "./servers/web-instance.ts";
