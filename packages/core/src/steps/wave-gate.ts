import { setTimeout as sleep } from "node:timers/promises";
import { pauseAfter } from "../config/pause.ts";
import type { Operation } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { HttpConnections } from "../http/http-connections.ts";
import { runShellCommand } from "../process/shell-command.ts";
import type { WaveFacts } from "./runner.ts";

/** The release that the waves bring. */
interface Bringing {
  readonly release: string;
  readonly revision: string;
}

const defaultCheckMs = 60_000;
/** How often a cancel is looked for in a pause; a hold, which is asked of storage, less often. */
const lookMs = 250;
const holdMs = 5_000;
const askAgainMs = 1_000;

/**
 * What stands between two waves: first the pause, then the check of `rollout`, on the deployer. A check that fails, or a cancel
 * in the pause, ends the run as a failing wave does; a hold ends it open.
 */
export class WaveGate {
  readonly #operation: Operation;
  readonly #bringing: () => Bringing;
  readonly #held: () => Promise<void>;

  constructor(operation: Operation, bringing: () => Bringing, held: () => Promise<void>) {
    this.#operation = operation;
    this.#bringing = bringing;
    this.#held = held;
  }

  /** Whether there is anything to do after a wave; what a run passed before it was resumed is passed. */
  stands({ wave, instances }: WaveFacts): boolean {
    const { rollout } = this.#operation.desk.config;
    if (pauseAfter(rollout.pause, wave) === 0 && rollout.check === undefined) return false;
    const passed = this.#operation.journal.entries().flatMap((entry) => {
      const gate = entry.kind === "step" && entry.phase === "done" && entry.step.startsWith("gate-");
      return gate && Array.isArray(entry.facts?.instances) ? [entry.facts.instances as unknown[]] : [];
    });
    return !passed.some((before) => instances.every((id) => before.includes(id)));
  }

  async pass(facts: WaveFacts): Promise<void> {
    await this.#pause(facts);
    await this.#check(facts);
  }

  async #pause({ wave, of, instances }: WaveFacts): Promise<void> {
    const { desk, reporter, control, signal } = this.#operation;
    const ms = pauseAfter(desk.config.rollout.pause, wave);
    if (ms === 0) return;
    const since = Date.now();
    reporter.resting(`the end of the pause after wave ${wave} of ${of}`, since, since + ms, instances);
    const end = performance.now() + ms;
    let lookAt = performance.now() + holdMs;
    for (let left = ms; left > 0; left = end - performance.now()) {
      await sleep(Math.min(left, lookMs), undefined, { signal });
      control.checkpoint();
      if (performance.now() < lookAt) continue;
      await this.#held();
      lookAt = performance.now() + holdMs;
    }
  }

  async #check(facts: WaveFacts): Promise<void> {
    const { desk, reporter, control } = this.#operation;
    const { check } = desk.config.rollout;
    if (check === undefined) return;
    reporter.emit({ type: "step", step: "rollout.check", phase: "started" });
    const limitMs = check.timeoutMs ?? defaultCheckMs;
    if (check.command !== undefined) await this.#command(check.command, limitMs, facts);
    if (check.http !== undefined) await this.#http(check.http, limitMs, facts);
    control.checkpoint();
    reporter.emit({ type: "step", step: "rollout.check", phase: "done" });
  }

  async #command(command: string, timeoutMs: number, { wave, of, instances }: WaveFacts): Promise<void> {
    const { desk, reporter, log, journal, signal } = this.#operation;
    const { config, redactor } = desk;
    const { release, revision } = this.#bringing();
    const hear = (text: string) => {
      if (text === "") return;
      const line = { step: "rollout.check", command: "check", text };
      reporter.emit({ type: "output", instance: "deployer", ...line });
      log.write("deployer", line);
    };
    const redacted = redactor.stream();
    const ended = await runShellCommand({
      command,
      cwd: config.baseDirectory,
      env: {
        HAWSER_APPLICATION: config.application,
        HAWSER_ENVIRONMENT: config.environment,
        HAWSER_INSTANCES: instances.join(" "),
        HAWSER_RELEASE: release,
        HAWSER_REVISION: revision,
        HAWSER_RUN: journal.run,
        HAWSER_WAVE: String(wave),
        HAWSER_WAVES: String(of),
      },
      timeoutMs,
      signal,
      onOutput: (text) => hear(redacted.push(text)),
    });
    hear(redacted.end());
    if (ended.exitCode === 0 && !ended.timedOut) return;
    const why = ended.timedOut
      ? `the command did not end within ${Math.round(timeoutMs / 1000)} s`
      : `the command ended with exit code ${ended.exitCode ?? ended.signal}`;
    throw this.#failed(why, wave, redactor.redactValue(ended.output));
  }

  /** Asks until the answer is good; at the limit the last one counts. */
  async #http(url: string, timeoutMs: number, { wave }: WaveFacts): Promise<void> {
    const { control, signal } = this.#operation;
    await using http = new HttpConnections();
    const end = performance.now() + timeoutMs;
    for (;;) {
      const why = await this.#ask(http, url, Math.max(1, end - performance.now()));
      if (why === undefined) return;
      if (performance.now() + askAgainMs > end) throw this.#failed(why, wave);
      await sleep(askAgainMs, undefined, { signal });
      control.checkpoint();
    }
  }

  /** Why an answer is not good; undefined when it is. */
  async #ask(http: HttpConnections, url: string, limitMs: number): Promise<string | undefined> {
    const { desk, signal } = this.#operation;
    const { status, body: wanted, headers } = desk.config.rollout.check ?? {};
    const limit = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(limitMs))]);
    const context = { ...desk.reporter.operation(limit, "rollout.check") };
    try {
      const answer = await http.request({ url, ...(headers !== undefined && { headers }) }, context);
      const text = await bodyOf(answer.body);
      const good =
        status === undefined ? answer.status >= 200 && answer.status < 400 : answer.status === status;
      if (!good) return `${answer.url} answered ${answer.status}`;
      return wanted === undefined || text.includes(wanted)
        ? undefined
        : `the body of ${answer.url} lacks the text`;
    } catch (error) {
      signal.throwIfAborted();
      return HawserError.is(error) ? error.message : asHawserError(error).message;
    }
  }

  #failed(why: string, wave: number, output?: string): HawserError {
    return engineErrors.HWS_ROLLOUT_CHECK_FAILED([wave, why], {
      step: "rollout.check",
      ...(output !== undefined && output !== "" && { output }),
    });
  }
}

/** As much as a health page has. */
const maxBodyBytes = 256 * 1024;

const bodyOf = async (body: AsyncIterable<unknown>): Promise<string> => {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body) {
    parts.push(part as Buffer);
    length += (part as Buffer).length;
    if (length > maxBodyBytes) break;
  }
  return Buffer.concat(parts).toString();
};
