import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { releaseFiles } from "./config.ts";
import { ending, type HawserProcess } from "./hawser-process.ts";
import { RunJournals } from "./run-journal.ts";
import type { Stage } from "./stage.ts";

/** What is done about a deploy whose deployer was killed. */
export type Remedy = "resume" | "abandon" | "another";

/** What killing came to, over many deploys. */
export interface Toll {
  readonly killed: number;
  readonly resumed: number;
  readonly abandoned: number;
  /** Deploys of another revision, which put the open run back first. */
  readonly replaced: number;
  /** Killed before a run was open, or after it had ended. */
  readonly notOpen: number;
  /** From the kill until the remedy had ended, each. */
  readonly seconds: readonly number[];
  readonly faults: readonly string[];
}

export const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** Starts deploys of one version after another, kills each deployer, and sees whether the remedy makes the stage whole. */
export class Assassin {
  readonly #stage: Stage;
  readonly #journals: RunJournals;
  readonly #toll = {
    killed: 0,
    resumed: 0,
    abandoned: 0,
    replaced: 0,
    notOpen: 0,
    seconds: [] as number[],
    faults: [] as string[],
  };
  readonly #versions: Iterator<string>;

  /** `versions` are tags that were not deployed yet, oldest first. */
  constructor(stage: Stage, versions: Iterator<string>) {
    this.#stage = stage;
    this.#versions = versions;
    this.#journals = new RunJournals(stage.objects);
  }

  get toll(): Toll {
    return this.#toll;
  }

  /** The tag of the next version. */
  next(): string {
    const { value, done } = this.#versions.next();
    if (done === true) throw new Error(`the application has ${this.#stage.refs.length} versions only`);
    return value;
  }

  /** Deploys the next version undisturbed; gives the boundaries that its journal shows and how long it took. */
  async undisturbed(): Promise<{ readonly boundaries: readonly string[]; readonly durationMs: number }> {
    const began = performance.now();
    const end = await this.#stage.hawser("deploy", "--ref", this.next());
    if (end.exitCode !== 0) throw new Error(ending(end));
    const durationMs = performance.now() - began;
    return { boundaries: await this.#journals.boundaries(await this.#journals.newest()), durationMs };
  }

  /** What killed deployers left on this machine and on the instances. */
  get leftovers(): readonly string[] {
    const cache = readdirSync(join(this.#stage.folder, "cache"), { recursive: true, encoding: "utf8" });
    return [
      ...cache.filter((name) => /\/scratch\/[^/]+$|\.part$/.test(name)),
      ...this.#stage.fleet.instances.flatMap(({ id, folder }) =>
        ["staging", "trash"].flatMap((place) =>
          readdirSync(join(folder, ".hawser", place)).map((name) => `${id}: ${place}/${name}`),
        ),
      ),
    ];
  }

  /** Kills a deploy of the next version as soon as its journal shows a boundary. */
  async killAt(boundary: string, remedy: Remedy): Promise<void> {
    const last = await this.#journals.newest();
    await this.#kill(`after ${boundary}`, remedy, (process) =>
      this.#journals.passed(boundary, last, process),
    );
  }

  /** Kills a deploy of the next version after a while, and where a second time is given what goes on with it too. */
  async killAfter(remedy: Remedy, firstMs: number, secondMs?: number): Promise<void> {
    const name = `after ${firstMs} ms${secondMs === undefined ? "" : `, then after ${secondMs} ms`}`;
    await this.#kill(name, remedy, () => sleep(firstMs), secondMs);
  }

  async #kill(
    name: string,
    remedy: Remedy,
    moment: (process: HawserProcess) => Promise<unknown>,
    secondMs?: number,
  ): Promise<void> {
    const ref = this.next();
    const before = this.#runs();
    await this.#start(["--ref", ref], moment);
    if (secondMs !== undefined && (await this.#journals.open()).length > 0)
      await this.#start([remedy === "resume" ? "--abandon" : "--resume"], () => sleep(secondMs));
    const began = performance.now();
    const faults =
      (await this.#journals.open()).length === 0
        ? await this.#again(ref)
        : await this.#mend(remedy, ref, before);
    this.#toll.seconds.push((performance.now() - began) / 1_000);
    const open = (await this.#journals.open()).map((run) => `run ${run} is open`);
    const label = `killed ${name}, ${remedy}`;
    this.#toll.faults.push(
      ...[...faults, ...open, ...(await this.#stage.invariants()), ...this.#repeated()].map(
        (fault) => `${label}: ${fault}`,
      ),
    );
  }

  /** Starts a deploy and kills it at a moment. */
  async #start(argv: readonly string[], moment: (process: HawserProcess) => Promise<unknown>): Promise<void> {
    const process = this.#stage.start("deploy", ...argv);
    await Promise.race([moment(process), process.ended]);
    process.kill();
    if ((await process.ended).signal === "SIGKILL") this.#toll.killed += 1;
  }

  /** Without an open run the same deploy is simply given again. */
  async #again(ref: string): Promise<string[]> {
    this.#toll.notOpen += 1;
    const end = await this.#stage.hawser("deploy", "--ref", ref);
    return end.exitCode === 0 ? await this.#runsNot(ref) : [ending(end)];
  }

  async #mend(remedy: Remedy, ref: string, before: readonly string[]): Promise<string[]> {
    if (remedy === "resume") {
      const end = await this.#stage.hawser("deploy", "--resume");
      this.#toll.resumed += 1;
      return ending(end) === "0 done" ? await this.#runsNot(ref) : [ending(end)];
    }
    if (remedy === "another") {
      const other = this.next();
      const end = await this.#stage.hawser("deploy", "--ref", other);
      this.#toll.replaced += 1;
      return ending(end) === "0 done" ? await this.#runsNot(other) : [ending(end)];
    }
    const end = await this.#stage.hawser("deploy", "--abandon");
    this.#toll.abandoned += 1;
    const now = this.#runs();
    return [
      ...(ending(end) === "0 putBack" ? [] : [ending(end)]),
      ...(now.join() === before.join() ? [] : [`the instances run ${now.join()} and not ${before.join()}`]),
    ];
  }

  /** What every instance runs. */
  #runs(): string[] {
    return this.#stage.fleet.instances.map(({ id }) => this.#stage.current(id) ?? "none");
  }

  /** The instances whose current release is not that of a tag, by what stands in its own files. */
  async #runsNot(ref: string): Promise<string[]> {
    const revision = (await this.#stage.repository.git("rev-parse", `${ref}^{commit}`)).trim();
    return this.#stage.fleet.instances.flatMap(({ id, folder }) => {
      const found = readFileSync(join(folder, "current", releaseFiles[0]), "utf8").trim();
      return found === revision ? [] : [`${id} runs ${found} and not ${ref}`];
    });
  }

  /** Releases that an instance installed more than once in one run, by the counter that `countedInstall` keeps. */
  #repeated(): string[] {
    return this.#stage.fleet.instances.flatMap(({ id, folder }) => {
      const counter = join(folder, "shared", counterName);
      if (!existsSync(counter)) return [];
      const lines = readFileSync(counter, "utf8").trim().split("\n");
      const repeated = lines.filter((line, index) => lines.indexOf(line) !== index);
      return repeated.map((release) => `${id} installed ${release} more than once`);
    });
  }
}

const counterName = "installs";

/** An install command that writes down each time it runs. */
export const countedInstall = `mkdir -p "$HAWSER_ROOT/shared" && printf '%s in run %s\\n' "$HAWSER_RELEASE" "$HAWSER_RUN" >> "$HAWSER_ROOT/shared/${counterName}"`;
