import { randomBytes } from "node:crypto";
import { startAwsEntry } from "./aws-entry.ts";
import { AwsRefusal, type AwsValue } from "./aws-query.ts";
import { AwsTarget, type HealthCheckSetup, type TargetPlace } from "./aws-target.ts";
import type { Listening } from "./listening.ts";

export interface AwsTargetGroupSetup {
  readonly type: "instance" | "ip" | "lambda" | "alb";
  /** Where targets are asked when they are registered without a port. */
  readonly port: number;
  /** Default `HTTP`, of an application load balancer; `TCP` is a network load balancer's. */
  readonly protocol?: "HTTP" | "TCP";
  /** Whole seconds, as AWS has it. Default 1. */
  readonly delaySeconds?: number;
  /** A network load balancer cuts what is open at the end of the delay. Default false. */
  readonly endsConnections?: boolean;
  /** Whether a load balancer sends requests to it. Default true. */
  readonly inUse?: boolean;
  /** Whether targets are checked. Default true. */
  readonly checked?: boolean;
  /** What the health check asks for with GET; 200 is healthy. Default `/health`. */
  readonly checkPath?: string;
}

const checkOf = ({ checkPath = "/health" }: AwsTargetGroupSetup): HealthCheckSetup => ({
  path: checkPath,
  intervalMs: 50,
  timeoutMs: 2_000,
  threshold: 2,
});

/** What the stand-in shows of a target, as DescribeTargetHealth has it. */
type Shown = {
  readonly State: string;
  readonly Reason?: string;
  readonly Description?: string;
};

const draining: Shown = {
  State: "draining",
  Reason: "Target.DeregistrationInProgress",
  Description: "Target deregistration is in progress",
};
const unregistered: Shown = {
  State: "unused",
  Reason: "Target.NotRegistered",
  Description: "Target is not registered to the target group",
};
const shownHealth: Readonly<Record<AwsTarget["health"], Shown>> = {
  healthy: { State: "healthy" },
  initial: {
    State: "initial",
    Reason: "Elb.RegistrationInProgress",
    Description: "Target registration is in progress",
  },
  unhealthy: {
    State: "unhealthy",
    Reason: "Target.FailedHealthChecks",
    Description: "Health checks failed",
  },
};

/**
 * A target group with an entry that carries HTTP to its healthy targets. A deregistered target is `draining` for the
 * whole delay, whether or not it has open requests; at its end they are cut, and the target is no more in the list.
 */
export class AwsTargetGroup implements AsyncDisposable {
  readonly setup: AwsTargetGroupSetup;
  readonly arn: string;
  readonly name: string;
  /** The port of the entry on loopback. */
  readonly port: number;
  readonly #targets = new Map<
    string,
    { readonly target: AwsTarget; readonly id: string; readonly port: number }
  >();
  readonly #entry: Listening;

  private constructor(setup: AwsTargetGroupSetup, entry: (group: () => readonly AwsTarget[]) => Listening) {
    const id = randomBytes(8).toString("hex");
    this.setup = setup;
    this.name = `group-${id.slice(0, 6)}`;
    this.arn = `arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/${this.name}/${id}`;
    this.#entry = entry(() => [...this.#targets.values()].map(({ target }) => target));
    this.port = this.#entry.port;
  }

  static async start(setup: AwsTargetGroupSetup): Promise<AwsTargetGroup> {
    let targets: () => readonly AwsTarget[] = () => [];
    const entry = await startAwsEntry(
      () => targets(),
      () => {},
    );
    return new AwsTargetGroup(setup, (own) => {
      targets = own;
      return entry;
    });
  }

  register(id: string, place: TargetPlace): void {
    const key = `${id}:${place.port}`;
    const known = this.#targets.get(key);
    if (known !== undefined) known.target.keep();
    else this.#targets.set(key, { target: new AwsTarget(place, checkOf(this.setup)), id, port: place.port });
  }

  deregister(id: string, port: number = this.setup.port): void {
    const key = `${id}:${port}`;
    const delayMs = (this.setup.delaySeconds ?? 1) * 1000;
    this.#targets.get(key)?.target.drain(delayMs, () => this.#targets.delete(key));
  }

  /** How many targets take requests. */
  get healthy(): number {
    return [...this.#targets.values()].filter(({ target }) => target.takesRequests).length;
  }

  /** Whether it sends requests to a target, at the port given or the group's. */
  serves(id: string, port: number = this.setup.port): boolean {
    return this.#targets.get(`${id}:${port}`)?.target.takesRequests ?? false;
  }

  /** As DescribeTargetHealth has it. */
  describeTarget(id: string, port: number): AwsValue {
    const known = this.#targets.get(`${id}:${port}`);
    return {
      Target: { Id: id, Port: port },
      HealthCheckPort: port,
      TargetHealth: this.#shown(known?.target),
    };
  }

  describeTargets(): readonly AwsValue[] {
    return [...this.#targets.values()].map(({ id, port }) => this.describeTarget(id, port));
  }

  #shown(target: AwsTarget | undefined): Shown {
    if (target === undefined) return unregistered;
    if (target.isDraining) return draining;
    if (this.setup.inUse === false)
      return {
        State: "unused",
        Reason: "Target.NotInUse",
        Description: "Target group is not configured to receive traffic from the load balancer",
      };
    return shownHealth[target.health];
  }

  describe(): AwsValue {
    const { type, port, protocol = "HTTP", inUse = true, checked = true } = this.setup;
    const { path } = checkOf(this.setup);
    const balancer = `arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/lb/${this.name}`;
    return {
      TargetGroupArn: this.arn,
      TargetGroupName: this.name,
      Protocol: protocol,
      Port: port,
      TargetType: type,
      HealthCheckEnabled: checked,
      HealthCheckPath: path,
      LoadBalancerArns: inUse ? [balancer] : [],
    };
  }

  attributes(): AwsValue {
    const { delaySeconds = 1, endsConnections = false } = this.setup;
    const network =
      this.setup.protocol === "TCP"
        ? [{ Key: "deregistration_delay.connection_termination.enabled", Value: String(endsConnections) }]
        : [];
    return {
      Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: String(delaySeconds) }, ...network],
    };
  }

  /** What AWS refuses to register. */
  refuse(id: string): never {
    throw new AwsRefusal(400, "InvalidTarget", `The following targets are not valid: '${id}'`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { target } of this.#targets.values()) target.stop();
    await this.#entry[Symbol.asyncDispose]();
  }
}
