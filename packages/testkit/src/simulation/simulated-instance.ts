import type { HostReply, HostRequest } from "@hawser/core/plugin";

interface Held {
  state: "staged" | "installed";
  readonly artifact: string;
  readonly manifest: string;
}

const reply = (fields: Readonly<Record<string, unknown>>, data = ""): HostReply => ({
  fields: { ok: true, ...fields },
  data: Buffer.from(data),
});

const header = (record: string, name: string): string =>
  new RegExp(`^${name}: (sha256-[0-9a-f]{64})$`, "m").exec(record)?.[1] ?? "-";

/** What one instance knows of itself, and how it answers: the host program without files, for those who count instances. */
export class SimulatedInstance {
  readonly #releases = new Map<string, Held>();
  #current: string | undefined;
  #previous: string | undefined;
  #owner: string | null = null;
  #epoch = 0;

  get current(): string | undefined {
    return this.#current;
  }

  /** `body` is what came with the request, up to its record. */
  answer({ verb, headers }: HostRequest, body: Buffer): HostReply {
    this.#epoch = Math.max(this.#epoch, Number(headers.epoch ?? 0));
    const release = headers.release ?? "";
    if (verb === "survey") return this.#survey(body.toString().split("\n").filter(Boolean).length);
    if (verb === "stage") return this.#stage(headers, body);
    if (verb === "seal") return this.#seal(release);
    if (verb === "activate") return this.#activate(release);
    if (verb === "check") return reply({ healthy: true, attempts: 1, detail: "", output: "" });
    if (verb === "verify") return reply({ paths: 0, hashed: 0 });
    if (verb === "forget") return reply({ removed: 0 });
    if (verb === "prune") return this.#prune(new Set(body.toString().split("\n")));
    if (verb === "link") return reply({});
    throw new Error(`a simulated instance knows nothing of ${verb}`);
  }

  /** `asked`: how many questions about users the body has. */
  #survey(asked: number): HostReply {
    const lines = [...this.#releases].map(
      ([id, { state, artifact, manifest }]) => `${id} ${state} ${artifact} ${manifest} 0\n`,
    );
    return reply(
      {
        rootState: this.#owner === null ? "absent" : "present",
        writable: true,
        owner: this.#owner,
        current: this.#current === undefined ? { kind: "none" } : { kind: "release", release: this.#current },
        previous: this.#previous ?? null,
        epoch: this.#epoch,
        trust: null,
        trusted: 0,
        clock: Math.floor(Date.now() / 1000),
        user: "deploy",
        bootId: "simulated",
        freeBytes: -1,
        freeInodes: -1,
        tools: { sha256: "sha256sum", zstd: false, curl: true, flock: true },
        identity: false,
        users: Array.from({ length: asked }, () => "yes").join(" "),
        programs: { sh: "/bin/sh", chown: "/bin/chown" },
        problems: [],
      },
      lines.join(""),
    );
  }

  #stage(headers: HostRequest["headers"], body: Buffer): HostReply {
    const record = body.subarray(0, Number(headers.record)).toString("latin1");
    this.#owner = `${headers.application} ${headers.environment === "" ? "-" : headers.environment}`;
    const state = headers.install === "none" ? "installed" : "staged";
    this.#releases.set(headers.release ?? "", {
      state,
      artifact: header(record, "artifact"),
      manifest: header(record, "manifest"),
    });
    return reply({ already: false, state, method: headers.method ?? "full", written: 1, removed: 0 });
  }

  #seal(release: string): HostReply {
    const held = this.#releases.get(release);
    if (held !== undefined) held.state = "installed";
    return reply({ changed: 0 });
  }

  #activate(release: string): HostReply {
    const changed = this.#current !== release;
    if (changed) this.#previous = this.#current;
    this.#current = release === "none" ? undefined : release;
    return reply({ changed, previous: this.#previous ?? null });
  }

  #prune(keep: ReadonlySet<string>): HostReply {
    const removed = [...this.#releases.keys()].filter((id) => !keep.has(id) && id !== this.#current);
    for (const id of removed) this.#releases.delete(id);
    return reply({}, removed.map((id) => `${id}\n`).join(""));
  }
}
