import type { Storage } from "../contracts/storage.ts";
import type { Sealing } from "../sealing/sealing.ts";
import type { Signatures } from "../signing/signatures.ts";
import { Desired } from "../state/desired.ts";
import { Drains } from "../state/drains.ts";
import { Hold } from "../state/hold.ts";
import { Lease, Lock, OnceLock } from "../state/lock.ts";
import { Maintenance } from "../state/maintenance.ts";
import { Marks } from "../state/marks.ts";
import { Notes } from "../state/notes.ts";
import { Once } from "../state/once.ts";
import { Pins } from "../state/pins.ts";
import { Releases } from "../state/releases.ts";
import { Roster } from "../state/roster.ts";
import { Runs } from "../state/runs.ts";

/** What one environment keeps in central storage. */
export interface Stores {
  readonly storage: Storage;
  readonly application: string;
  readonly environment: string;
  /** What artifacts and manifests are sealed and opened with. */
  readonly sealing: Sealing;
  readonly signatures: Signatures;
  readonly releases: Releases;
  readonly desired: Desired;
  readonly marks: Marks;
  readonly once: Once;
  readonly runs: Runs;
  readonly lock: Lock;
  readonly lease: Lease;
  /** The lock that a once command names. */
  onceLock(name: string): OnceLock;
  readonly roster: Roster;
  readonly pins: Pins;
  readonly hold: Hold;
  readonly drains: Drains;
  readonly maintenance: Maintenance;
  readonly notes: Notes;
}

export const openStores = (
  storage: Storage,
  application: string,
  environment: string,
  signatures: Signatures,
  sealing: Sealing,
  lock: ConstructorParameters<typeof Lock>[3],
): Stores => ({
  storage,
  application,
  environment,
  signatures,
  sealing,
  releases: new Releases(storage, application, signatures, sealing),
  desired: new Desired(storage, application, environment, signatures),
  marks: new Marks(storage, application, environment),
  once: new Once(storage, application, environment),
  runs: new Runs(storage, application, environment),
  lock: new Lock(storage, application, environment, lock),
  lease: new Lease(storage, application, environment, lock),
  onceLock: (name) => new OnceLock(storage, application, name, lock),
  roster: new Roster(storage, application, environment),
  pins: new Pins(storage, application),
  hold: new Hold(storage, application, environment),
  drains: new Drains(storage, application, environment),
  maintenance: new Maintenance(storage, application, environment),
  notes: new Notes(storage, application, environment),
});
