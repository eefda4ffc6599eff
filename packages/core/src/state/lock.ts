import type { Storage } from "../contracts/storage.ts";
import { applicationKeys, environmentKeys } from "./keys.ts";
import { LockObject } from "./lock-object.ts";

export type { ConfirmOptions, HeldLock, Tenure } from "./held-lock.ts";
export type { LockState } from "./lock-state.ts";

export interface LockOptions {
  /** How long a silent owner keeps the lock. */
  readonly ttlMs: number;
  /** The storage that an owner's beats go to, which have limits of their own. Default: the same. */
  readonly beats?: Storage;
}

/**
 * The lock of one environment. It keeps deployers from working against each other; that a deployer which lost it does
 * no harm is the work of its epoch.
 */
export class Lock extends LockObject {
  constructor(storage: Storage, application: string, environment: string, { ttlMs, beats }: LockOptions) {
    super(storage, environmentKeys(application, environment).lock, ttlMs, beats);
  }
}

/**
 * The lease of whoever watches or reconciles an environment. It keeps two from doing the same; what they do is fenced as
 * everything is.
 */
export class Lease extends LockObject {
  constructor(storage: Storage, application: string, environment: string, { ttlMs, beats }: LockOptions) {
    super(storage, environmentKeys(application, environment).watcher, ttlMs, beats);
  }
}

/** The lock of a once command that names one: environments that share a database share it. */
export class OnceLock extends LockObject {
  constructor(storage: Storage, application: string, name: string, { ttlMs, beats }: LockOptions) {
    super(storage, applicationKeys(application).onceLock(name), ttlMs, beats);
  }
}

/** The application-wide lock under which a prune of storage works. */
export class SweepLock extends LockObject {
  constructor(storage: Storage, application: string, { ttlMs }: LockOptions) {
    super(storage, applicationKeys(application).sweepLock, ttlMs);
  }
}
