import { defineErrors, type Makers } from "./catalogue.ts";

const entries = {
  HWS_STATE_CORRUPT: {
    message: (key: string, why: string): string => `${key} in storage cannot be read: it ${why}`,
    hint: "restore the object from a backup of the storage; docs/guide/operating.md says what can be done without one",
  },
  HWS_STATE_NEWER: {
    message: (key: string, found: number): string =>
      `${key} in storage has layout ${found}, which a newer Hawser wrote`,
    hint: "use at least the version of Hawser that wrote it",
  },
  HWS_STATE_FENCED: {
    message: (what: string, theirs: number, mine: number): string =>
      `${what} belongs to epoch ${theirs} and this run has only epoch ${mine}`,
    hint: "another deployer took over; look at `hawser status` and `hawser history`",
  },
  HWS_STATE_MOVED: {
    message: (key: string, expected: number, found: number): string =>
      `${key} is at version ${found} and not at ${expected} any more`,
    hint: "somebody else changed the desired state; look at `hawser history` and try again",
  },
  HWS_STATE_EXPIRED: {
    message: (until: string): string =>
      `the desired state counted until ${until}: new instances refuse it, and those that run it keep serving`,
    hint: "`hawser sign` says anew what is desired, and so does a deploy; run it regularly (docs/guide/signing.md)",
  },
  HWS_STATE_EXPIRING: {
    message: (until: string): string =>
      `the desired state counts until ${until}, and three quarters of its time are gone`,
    hint: "`hawser sign` says anew what is desired, and so does a deploy; run it regularly (docs/guide/signing.md)",
  },
  HWS_STATE_EVENTS_FULL: {
    message: (maxBytes: number): string =>
      `the run told more than ${maxBytes} bytes: what it told behind that is not kept`,
    hint: "what it did stands in its journal, and how it ended in its last event",
  },
  HWS_STATE_CONTENDED: {
    message: (key: string): string => `${key} was changed by others at every attempt`,
    hint: "try again",
    retryable: true,
  },
  HWS_STATE_RELEASES_EXHAUSTED: {
    message: (application: string): string => `no release id of ${application} could be allocated`,
    hint: "look at the keys below `releases/` in storage",
  },
  HWS_STATE_MANIFEST_MISSING: {
    message: (digest: string): string => `the manifest ${digest} is not in storage`,
    hint: "choose another release (`hawser releases`), or deploy its revision again with --rebuild",
  },
  HWS_STATE_ARTIFACT_MISSING: {
    message: (digest: string): string => `the artifact ${digest} is not in storage`,
    hint: "choose another release (`hawser releases`), or deploy its revision again with --rebuild",
  },
  HWS_STATE_ARTIFACT_DIFFERS: {
    message: (what: string): string => `${what} has other bytes than its digest says`,
    hint: "the object was damaged or cut; deploy its revision again with --rebuild",
  },
  HWS_STATE_PLAN_MISSING: {
    message: (digest: string): string => `the install plan ${digest} is not in storage`,
    hint: "deploy a release with the present config instead",
  },
  HWS_STATE_NAMED_MISSING: {
    message: (key: string, by: string): string => `${key} is not in storage, and ${by} names it`,
    hint: "restore it from a backup of the storage, or deploy its revision again with --rebuild",
  },
  HWS_STATE_UNREFERENCED: {
    message: (key: string): string => `${key} is needed by nothing`,
    hint: "it harms nobody; `hawser prune` removes it once it has been so for a day",
  },
  HWS_STATE_SWEEPING: {
    message: (key: string): string => `a prune is deleting ${key} just now`,
    hint: "try again; a prune that died is finished by the next `hawser prune`",
    retryable: true,
  },
  HWS_STATE_RUN_EXISTS: {
    message: (run: string): string => `there is a run ${run} already`,
    hint: "look at `hawser history`; the lock object may have been restored from an older copy",
  },
  HWS_STATE_RUN_MISSING: {
    message: (run: string): string => `there is no run ${run}`,
    hint: "`hawser history` lists the runs",
  },
  HWS_STATE_ONCE_STARTED: {
    message: (name: string, release: string, run: string, instance: string): string =>
      `\`${name}\` of release ${release} was started by run ${run} on ${instance} and is not run again by itself`,
    hint: (name: string, _release: string, _run: string, _instance: string): string =>
      `find out whether it took effect, then deploy with --once ${name}=done or --once ${name}=again`,
  },
  HWS_STATE_ONCE_UNKNOWN: {
    message: (name: string, release: string): string => `\`${name}\` of release ${release} was never started`,
    hint: "settle only a command that the error named",
  },
  HWS_LOCK_BUSY: {
    message: (holder: string): string => `the environment is locked by ${holder}`,
    hint: "wait for it (--wait=10m), or free a lock whose owner is known to be dead with `hawser unlock ID`",
  },
  HWS_LOCK_FENCED: {
    message: (what: string): string => `the lock was lost: ${what}`,
    hint: "this run stopped where it was; look at `hawser status` and `hawser history`",
  },
  HWS_LOCK_SILENT: {
    message: (seconds: number): string => `storage has not confirmed the lock for ${seconds} s`,
    hint: "when storage answers again, `hawser deploy --resume` goes on and `--abandon` puts back",
  },
  HWS_LOCK_OTHER: {
    message: (id: string, found: string): string => `the lock is not held under ${id}: ${found}`,
    hint: "a deploy that meets the lock names its id; it changes with each holder",
  },
};

/** Every error of central state. */
export const stateErrors: Makers<typeof entries> = defineErrors(entries);
