import type { InstanceResult, InstanceState } from "../contracts/events.ts";
import type { Instance } from "../contracts/inventory.ts";
import type { MemberState } from "../contracts/load-balancer.ts";
import type { Session } from "../contracts/transport.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import type { Host, HostSurvey } from "../host/host.ts";
import { type Drain, drainReport } from "../state/drains.ts";

/** What an instance was before the run, as put back needs it. Kept in the journal. */
export interface Before {
  /** A release id, `foreign <path>`, or null when there was no `current`. */
  readonly current: string | null;
  /** Its state in each load balancer, by the block's name. */
  readonly balancers: Readonly<Record<string, MemberState>>;
}

/** One instance in one run: what is known of it and the session to it. */
export class FleetMember {
  readonly instance: Instance;
  readonly root: string;
  session: Session | undefined;
  host: Host | undefined;
  survey: HostSurvey | undefined;
  before: Before | undefined;
  state: InstanceState = "unknown";
  release: string | null = null;
  loadBalancer: MemberState | undefined;
  healthy: "yes" | "no" | "unknown" | undefined;
  drift: readonly string[] | undefined;
  bytes = 0;
  /** How the last archive came: fetched from storage by the instance, or over the session. */
  via: "pull" | "stream" | undefined;
  error: HawserError | undefined;
  /** What a program ended with that was executed on it. */
  exit: number | undefined;
  /** Set by staging: the release directory is fresh and its install has not run. */
  mustInstall = false;
  /** True when it is outside the load balancers only because an earlier run could not reach it. */
  leftOut = false;
  /** True when it is not known ever to have served: nobody can have taken it out. */
  neverServed = false;
  /** The load balancers that this run took it out of. */
  takenFrom: readonly string[] = [];
  /** Set when a person drained it: no run puts it in again. */
  drain: Drain | undefined;
  /** True when the inventory was told that it is ready. */
  completed = false;
  /** True from the moment this run began to take it out of load balancers until it is in again. */
  takenOut = false;
  /** The load balancers that this run put it in. */
  joined: readonly string[] = [];
  /** True from the moment its `current` may have been changed by this run, or what it ran was told to end. */
  switched = false;

  constructor(instance: Instance, root: string) {
    this.instance = instance;
    this.root = root;
  }

  get id(): string {
    return this.instance.id;
  }

  /** Whether the run still works on it: it answered and has not been left out. */
  get reachable(): boolean {
    return this.host !== undefined && this.state !== "unreachable" && this.state !== "gone";
  }

  /** True for an instance that never ran a release: it joins the load balancer for the first time. */
  get isNew(): boolean {
    return this.before?.current == null;
  }

  /** The open host; the engine asks only members that answered. */
  get openHost(): Host {
    if (this.host === undefined) throw engineErrors.HWS_RUN_MISUSE([`no session to ${this.id} is open`]);
    return this.host;
  }

  result(): InstanceResult {
    return {
      id: this.id,
      release: this.release,
      state: this.state,
      roles: this.instance.roles,
      ...(this.loadBalancer !== undefined && { loadBalancer: this.loadBalancer }),
      ...(this.healthy !== undefined && { healthy: this.healthy }),
      ...(this.drain !== undefined && { drain: drainReport(this.drain) }),
      ...(this.drift !== undefined && { drift: this.drift }),
      ...(this.bytes > 0 && { bytes: this.bytes }),
      ...(this.exit !== undefined && { exit: this.exit }),
      ...(this.via !== undefined && { via: this.via }),
      ...(this.error !== undefined && { error: this.error.report() }),
    };
  }
}

/** The load balancers in which the member was in a state before the run. */
export const namesIn = (member: FleetMember, state: MemberState): string[] =>
  namesOf(member.before?.balancers ?? {}, state);

export const namesOf = (balancers: Readonly<Record<string, MemberState>>, state: MemberState): string[] =>
  Object.entries(balancers).flatMap(([name, is]) => (is === state ? [name] : []));
