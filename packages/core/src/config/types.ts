import type { Kind } from "../contracts/kinds.ts";
import type { Heard } from "../contracts/listener.ts";
import type { Secret } from "../contracts/secret.ts";
import type { Plugin, Use } from "../plugin/define.ts";
import type { Pause } from "./pause.ts";

/** How many good releases are kept. */
export interface Keep {
  /** On each instance. Default 5. */
  readonly instances: number;
  /** In storage. Default 5. */
  readonly storage: number;
}

/** How a release reaches the fleet. */
export interface Rollout {
  /** How many instances of a wave may be out at once: a count or a percentage. Default "25%", at least 1. */
  readonly maxUnavailable: number | string;
  /** How many members must stay healthy in the load balancer: a count or a percentage. Default 0. */
  readonly minHealthy: number | string;
  /** Shares of the fleet, each behind one health gate, rising to 100 %. Default ["100%"]. */
  readonly waves: readonly (number | string)[];
  /**
   * `always`: every member is taken out first and the run fails when the last healthy one would be;
   * `auto` (default): as `always`, but the last healthy member is switched undrained, and says so; `never`.
   */
  readonly drain: "auto" | "always" | "never";
  /** An instance that is listed but does not answer. Default `abort`. */
  readonly unreachable: "abort" | "skip";
  /**
   * Between two waves: `30s`, `10m`; or by the number of the wave after which the rollout pauses, `{ 1: "10m" }`. Default: none.
   * A rollback does not pause.
   */
  readonly pause?: Pause;
  /** Asked by the deployer after the pause; what fails ends the run as a failing wave does. A rollback is not asked for. */
  readonly check?: RolloutCheck;
  /** Default 5 minutes. */
  readonly drainTimeoutMs: number;
  /** Default `force`. */
  readonly onDrainTimeout: "force" | "abort";
}

/** What must hold on the deployer between two waves. */
export interface RolloutCheck {
  /** One `sh -c`, in the config's folder; must end with 0. */
  readonly command?: string;
  /** Asked each second until it answers well. */
  readonly http?: string;
  /** Default 200 to 399. */
  readonly status?: number;
  /** A text that the answer's body contains. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string | Secret>>;
  /** How long each of the two may take. Default 60 s. */
  readonly timeoutMs?: number;
}

export interface LoadBalancerBlock extends Use<"loadBalancer"> {
  /** Only instances with one of these roles are members. Default: all. */
  readonly roles?: readonly string[];
  /** The port of the application on the instances, for load balancers that need one. */
  readonly port?: number;
}

/** Adds, replaces or (with null) skips one step of the flow. */
export interface StepBlock {
  readonly before?: string;
  readonly after?: string;
  /** The module of a step's definition, or the definition itself. */
  readonly use: unknown;
  readonly with?: unknown;
}

export type Omissible<T> = { readonly [K in keyof T]?: T[K] | null };

interface Blocks {
  /** Deploy root on every instance. Default `/srv/<app>`. */
  readonly root: string;
  readonly keep: number | Partial<Keep>;
  readonly source: Use<"source">;
  readonly storage: Use<"storage">;
  readonly transport: Use<"transport">;
  readonly installer: Use<"installer">;
  readonly inventory: Use<"inventory">;
  /** One block, or a map of named blocks. */
  readonly loadBalancer: LoadBalancerBlock | Readonly<Record<string, LoadBalancerBlock>>;
  /** `on`: the events and moments that it hears. Default: what its plugin says, else all events. */
  readonly listeners: readonly (Use<"listener"> & { readonly on?: readonly Heard[] })[];
  readonly steps: Readonly<Record<string, StepBlock | null>>;
  /** Most instances worked on at once outside waves. Default 32. */
  readonly concurrency: number;
  readonly rollout: Partial<Rollout>;
  /** `ttlMs`: how long a silent owner keeps the lock. Default 60 s. */
  readonly lock: { readonly ttlMs?: number };
  readonly signing: Signing;
  readonly encryption: Encryption;
  /** Default `auto`. */
  readonly delivery: Delivery;
  readonly provision: Provisioning;
  /** Ask a person on a terminal to type the environment's name. */
  readonly confirm: boolean;
}

/** The config as a person writes it: YAML, JSON, JS or TS. */
export interface HawserConfig extends Partial<Blocks> {
  readonly app: string;
  /** A base file, relative to this one: maps merge, lists replace, null removes. */
  readonly extends?: string;
  readonly environments?: Readonly<Record<string, Omissible<Blocks>>>;
}

/** A block whose plugin was loaded and whose options passed its schema. */
export interface WiredBlock<K extends Kind> {
  readonly plugin: Plugin<K, never>;
  readonly specifier: string;
  readonly options: unknown;
}

/** Who signs releases and desired states, and whom instances believe. */
export interface Signing {
  /**
   * The private key of SSH: its file, or its text as a secret; or the file of a public key whose private half an agent
   * holds. Absent: this deployer only verifies.
   */
  readonly key?: string | Secret;
  /** The file of allowed signers, in OpenSSH's form (ssh-keygen(1)); instances get it as it is. */
  readonly allowedSigners: string;
  /** Whose signatures count, as the file of allowed signers names them. */
  readonly principal: string;
  /** The file of revoked keys, one public key a line. */
  readonly revoked?: string;
  /**
   * How long a desired state counts from when it was signed: `30d`, `12h`. A new instance refuses one that counts no
   * more, one that runs it already keeps it. Default: for ever.
   */
  readonly expires?: string;
}

/** To whom artifacts and manifests are encrypted before they leave the deployer. */
export interface Encryption {
  /** Recipients of age, `age1…`. */
  readonly recipients: readonly string[];
  /** The file of the deployer's own identity of age, or its text as a secret: without one it cannot read what it stored. */
  readonly identity?: string | Secret;
}

/** How new instances come to their first release. The block alone says that they do so by themselves, from storage. */
export interface Provisioning {
  /**
   * Where a new instance has the application's secrets from: `laid` by its image, printed by a `command` of its image,
   * `published` sealed in storage; or `session`: it has none before a deployer's session brings them.
   */
  readonly secrets?: "laid" | "published" | "session" | { readonly command: string };
}

/**
 * How bytes reach instances. `auto`: an instance fetches from storage itself where storage presigns and the instance
 * reaches it, and else gets them over the session; `stream`: always over the session.
 */
export type Delivery = "auto" | "stream";

/** The config of one environment after merging, references, defaults and both passes of validation. */
export interface NormalConfig {
  readonly application: string;
  /** Empty for the top level. */
  readonly environment: string;
  readonly root: string;
  readonly keep: Keep;
  readonly source: WiredBlock<"source">;
  readonly storage: WiredBlock<"storage">;
  readonly transport: WiredBlock<"transport">;
  readonly installer: WiredBlock<"installer">;
  readonly inventory: WiredBlock<"inventory">;
  readonly loadBalancers: Readonly<
    Record<
      string,
      WiredBlock<"loadBalancer"> & { readonly roles?: readonly string[]; readonly port?: number }
    >
  >;
  readonly listeners: readonly (WiredBlock<"listener"> & { readonly on?: readonly Heard[] })[];
  readonly steps: Readonly<Record<string, StepBlock | null>>;
  readonly concurrency: number;
  readonly rollout: Rollout;
  readonly lock: { readonly ttlMs: number };
  readonly signing?: Signing;
  readonly encryption?: Encryption;
  readonly delivery: Delivery;
  readonly provision?: Provisioning;
  readonly confirm: boolean;
  /** The folder of the config file. */
  readonly baseDirectory: string;
}
