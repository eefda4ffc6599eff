import { describeTransport, type Fleet, startFleet } from "@hawser/testkit";
import { afterAll, beforeAll } from "vitest";
import { endFleet, fleetSubject } from "./fleet-subject.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ count: 4 });
});
afterAll(() => endFleet(fleet));

for (const driver of ["ssh2", "openssh"] as const)
  for (const jumps of [0, 1, 2])
    describeTransport(
      `transport-ssh with ${driver} over ${jumps} jump hosts`,
      fleetSubject(() => fleet, { driver }, jumps),
    );
