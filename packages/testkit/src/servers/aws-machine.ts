import { randomBytes } from "node:crypto";

export type MachineState = "pending" | "running" | "shutting-down" | "terminated" | "stopping" | "stopped";

export interface AwsMachineSetup {
  /** Where it answers: an address of loopback. */
  readonly address: string;
  readonly publicAddress?: string;
  readonly publicName?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Default `running`. */
  readonly state?: MachineState;
}

/** An EC2 instance of the stand-in. */
export interface AwsMachine extends AwsMachineSetup {
  /** `i-` and 17 hexadecimal digits. */
  readonly id: string;
  readonly privateName: string;
  state: MachineState;
}

export const makeAwsMachine = (setup: AwsMachineSetup): AwsMachine => ({
  state: "running",
  ...setup,
  id: `i-${randomBytes(9).toString("hex").slice(0, 17)}`,
  privateName: `ip-${setup.address.replaceAll(".", "-")}.internal`,
});
