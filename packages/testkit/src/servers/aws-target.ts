import { get } from "node:http";

/** Where requests for a target go. */
export interface TargetPlace {
  readonly address: string;
  readonly port: number;
}

export interface HealthCheckSetup {
  readonly path: string;
  readonly intervalMs: number;
  /** A check without an answer for so long has failed. */
  readonly timeoutMs: number;
  /** So many answers in a row bring a target up, or down. */
  readonly threshold: number;
}

const answersOk = ({ address, port }: TargetPlace, path: string, timeoutMs: number): Promise<boolean> =>
  new Promise((resolve) => {
    const request = get({ host: address, port, path, agent: false, timeout: timeoutMs }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once("timeout", () => request.destroy());
    request.once("error", () => resolve(false));
  });

/** A registered target: its health by real requests, and the requests that it serves. */
export class AwsTarget {
  readonly place: TargetPlace;
  /** `initial` until the first checks decided. */
  health: "initial" | "healthy" | "unhealthy" = "initial";
  isDraining = false;
  /** What cuts each request under way. */
  readonly open: Set<() => void> = new Set();
  readonly #checks: NodeJS.Timeout;
  #drain: NodeJS.Timeout | undefined;
  #passed = 0;
  #failed = 0;

  constructor(place: TargetPlace, check: HealthCheckSetup) {
    this.place = place;
    this.#checks = setInterval(() => void this.#look(check), check.intervalMs);
  }

  get takesRequests(): boolean {
    return this.health === "healthy" && !this.isDraining;
  }

  async #look({ path, timeoutMs, threshold }: HealthCheckSetup): Promise<void> {
    const ok = await answersOk(this.place, path, timeoutMs);
    this.#passed = ok ? this.#passed + 1 : 0;
    this.#failed = ok ? 0 : this.#failed + 1;
    if (this.#passed >= threshold) this.health = "healthy";
    if (this.#failed >= threshold) this.health = "unhealthy";
  }

  /** Takes no new request; at the end of the delay what is open is cut. */
  drain(delayMs: number, over: () => void): void {
    if (this.isDraining) return;
    this.isDraining = true;
    this.#drain = setTimeout(() => {
      this.stop();
      over();
    }, delayMs);
  }

  /** Registered again while it drained. */
  keep(): void {
    clearTimeout(this.#drain);
    this.isDraining = false;
  }

  stop(): void {
    clearInterval(this.#checks);
    clearTimeout(this.#drain);
    for (const cut of this.open) cut();
  }
}
