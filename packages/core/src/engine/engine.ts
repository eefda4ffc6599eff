import type { HawserConfig } from "../config/types.ts";
import type { Problem } from "../contracts/common.ts";
import type { Engine, Run } from "../contracts/engine.ts";
import type {
  DiffAnswer,
  FsckReport,
  HistoryEntry,
  HoldAnswer,
  LogEntry,
  PinAnswer,
  Provision,
  ReleaseSummary,
  SignReport,
} from "../contracts/engine-reports.ts";
import type {
  DeployRequest,
  DrainRequest,
  EngineRequest,
  ExecRequest,
  HistoryRequest,
  HoldRequest,
  LockRequest,
  LogsRequest,
  MaintenanceRequest,
  PinRequest,
  PlanRequest,
  ProvisionRequest,
  ReconcileRequest,
  ReleasesRequest,
  RollbackRequest,
  SignRequest,
  StatusRequest,
  UndrainRequest,
  UnholdRequest,
  WatchRequest,
} from "../contracts/engine-requests.ts";
import type { RunEvent, RunResult } from "../contracts/events.ts";
import type { FlowReport } from "../contracts/flow-report.ts";
import type { Overview } from "../contracts/overview.ts";
import { deploy } from "../operations/deploy.ts";
import { diff } from "../operations/diff.ts";
import { doctor } from "../operations/doctor.ts";
import { drain, undrain } from "../operations/drains.ts";
import { exec } from "../operations/exec.ts";
import { fsck } from "../operations/fsck.ts";
import { history, historyWithCommits } from "../operations/history.ts";
import { hold, unhold } from "../operations/holds.ts";
import { maintenance } from "../operations/maintenance.ts";
import { overview } from "../operations/overview.ts";
import { pin, unpin } from "../operations/pins.ts";
import { dryRun, plan } from "../operations/plan.ts";
import { provision } from "../operations/provision.ts";
import { prune } from "../operations/prune.ts";
import { publishSecrets } from "../operations/publish-secrets.ts";
import { reconcile } from "../operations/reconcile.ts";
import { rollback } from "../operations/rollback.ts";
import { sign } from "../operations/sign.ts";
import { status } from "../operations/status.ts";
import { describeFlow } from "../operations/steps.ts";
import { events, logs, releases } from "../operations/views.ts";
import { startWatch } from "../watch/start.ts";
import { ActiveRun } from "./active-run.ts";
import { conduct } from "./conduct.ts";
import { controlOf, RunControl } from "./control.ts";
import { type OpenedDesk, openDesk } from "./desk.ts";
import { EngineConfig } from "./engine-config.ts";
import type { EngineOptions } from "./engine-options.ts";
import { EventStream } from "./event-stream.ts";
import { announce } from "./listening.ts";
import { misuse, refuseNobody } from "./misuse.ts";
import type { Desk } from "./operation.ts";
import { openReadingDesk, type ReadingDesk } from "./reading-desk.ts";

class HawserEngine implements Engine {
  readonly #config: EngineConfig;
  readonly #open = new Set<Promise<unknown>>();

  constructor(config: unknown, options: EngineOptions) {
    this.#config = new EngineConfig(config, options);
  }

  deploy(request: DeployRequest = {}): Run {
    const wrong = misuse(request);
    if (wrong !== undefined) throw new TypeError(wrong);
    if (request.dryRun === true)
      return this.#look("deploy", request, (desk) => dryRun(desk, request, this.#config.others(desk)));
    return this.#run("deploy", request, (desk) => deploy(desk, request, this.#config.others(desk)));
  }

  rollback(request: RollbackRequest = {}): Run {
    return this.#run("rollback", request, (desk) => rollback(desk, request));
  }

  reconcile(request: ReconcileRequest = {}): Run {
    return this.#run("reconcile", request, (desk) => reconcile(desk, request));
  }

  watch(request: WatchRequest = {}): Run {
    const run = startWatch(request, {
      load: async () => await this.#config.load(request.environment, await request.config?.()),
      open: (config, turn, sinks) =>
        openDesk({ ...this.#config.deskParts(config, turn), verb: "watch", sinks }),
      announce: (config, event, moments) => {
        const parts = this.#config.deskParts(config, new RunControl());
        this.#keep(announce({ ...parts, verb: "watch" }, event, moments));
      },
    });
    this.#keep(run.result);
    return run;
  }

  plan(request: PlanRequest = {}): Run {
    return this.#look("plan", request, (desk) => plan(desk, request, this.#config.others(desk)));
  }

  async steps(request: EngineRequest = {}): Promise<FlowReport> {
    const { config, loaded } = await this.#config.read(request.environment);
    return await describeFlow(loaded, this.#config.deskParts(config, new RunControl()));
  }

  status(request: StatusRequest = {}): Run {
    return this.#look("status", request, (desk) => status(desk, request));
  }

  prune(request: LockRequest & { readonly dryRun?: boolean } = {}): Run {
    return this.#run("prune", request, (desk) => prune(desk, request));
  }

  drain(request: DrainRequest): Run {
    refuseNobody(request);
    return this.#run("drain", request, (desk) => drain(desk, request));
  }

  undrain(request: UndrainRequest): Run {
    refuseNobody(request);
    return this.#run("undrain", request, (desk) => undrain(desk, request));
  }

  maintenance(request: MaintenanceRequest): Run {
    if (request.state === "on" && request.reason === undefined)
      throw new TypeError("reason says why maintenance is turned on");
    return this.#run("maintenance", request, (desk) => maintenance(desk, request));
  }

  exec(request: ExecRequest): Run {
    if (request.argv.length === 0) throw new TypeError("argv names no program");
    return this.#run("exec", request, (desk) => exec(desk, request));
  }

  async environments(): Promise<readonly string[]> {
    return await this.#config.environments();
  }

  async overview(request: EngineRequest = {}): Promise<Overview> {
    await using desk = await this.#readingDesk(request);
    return await overview(desk);
  }

  async releases(request: ReleasesRequest = {}): Promise<readonly ReleaseSummary[]> {
    await using desk = await this.#readingDesk(request);
    return await releases(desk, request);
  }

  async history(request: HistoryRequest = {}): Promise<readonly HistoryEntry[]> {
    // Commits are asked of the source, all else of storage alone.
    if (request.changes === true)
      return await this.#ask(request, (desk) => historyWithCommits(desk, request));
    await using desk = await this.#readingDesk(request);
    return await history(desk, request);
  }

  async *logs(request: LogsRequest = {}): AsyncGenerator<LogEntry> {
    yield* this.#tell(request, (desk) => logs(desk, request));
  }

  async *events(request: EngineRequest & { readonly run?: string } = {}): AsyncGenerator<RunEvent> {
    yield* this.#tell(request, (desk) => events(desk, request));
  }

  async diff(request: EngineRequest & { readonly from: string; readonly to: string }): Promise<DiffAnswer> {
    return await this.#ask(request, (desk) => diff(desk, request, this.#config.others(desk)));
  }

  async doctor(request: EngineRequest = {}): Promise<readonly Problem[]> {
    return await this.#ask(request, doctor);
  }

  async provision(request: ProvisionRequest = {}): Promise<Provision> {
    return await this.#ask(request, (desk) => provision(desk, request));
  }

  async publishSecrets(request: EngineRequest = {}): Promise<{ readonly names: readonly string[] }> {
    return await this.#ask(request, publishSecrets);
  }

  async pin(request: PinRequest): Promise<PinAnswer> {
    return await this.#ask(request, (desk) => pin(desk, request));
  }

  async unpin(request: PinRequest): Promise<PinAnswer> {
    return await this.#ask(request, (desk) => unpin(desk, request));
  }

  async hold(request: HoldRequest): Promise<HoldAnswer> {
    return await this.#ask(request, (desk) => hold(desk, request));
  }

  async unhold(request: UnholdRequest = {}): Promise<HoldAnswer> {
    return await this.#ask(request, (desk) => unhold(desk, request));
  }

  async fsck(request: EngineRequest = {}): Promise<FsckReport> {
    return await this.#ask(request, fsck);
  }

  async sign(request: SignRequest = {}): Promise<SignReport> {
    return await this.#ask(request, (desk) => sign(desk, request));
  }

  async unlock(request: EngineRequest & { readonly id: string }): Promise<void> {
    await this.#ask(request, async (desk) => {
      await desk.stores.lock.unlock(request.id, desk.reporter.operation(desk.control.signal, "unlock"));
    });
  }

  /** Waits for the runs that are under way: disposing never cuts one off. Then for what they held. */
  async [Symbol.asyncDispose](): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open);
  }

  #keep(open: Promise<unknown>): void {
    const settled = open.catch(() => {}).then(() => void this.#open.delete(settled));
    this.#open.add(settled);
  }

  async *#tell<T>(request: EngineRequest, work: (desk: ReadingDesk) => AsyncIterable<T>): AsyncGenerator<T> {
    await using desk = await this.#readingDesk(request);
    yield* work(desk);
  }

  async #ask<T>(request: EngineRequest, work: (desk: Desk) => Promise<T>): Promise<T> {
    await using opened = await this.#desk(request, controlOf(request));
    return await work(opened.desk);
  }

  async #desk(request: EngineRequest, control: RunControl): Promise<OpenedDesk> {
    const parts = this.#config.deskParts(await this.#config.load(request.environment), control);
    return await openDesk({ ...parts, looks: true, sinks: [] });
  }

  async #readingDesk(request: EngineRequest): Promise<ReadingDesk & AsyncDisposable> {
    const config = await this.#config.load(request.environment);
    const parts = this.#config.deskParts(config, controlOf(request));
    return await openReadingDesk({ ...parts, looks: true, sinks: [] });
  }

  #look(verb: string, request: EngineRequest, work: (desk: Desk) => Promise<RunResult>): Run {
    return this.#run(verb, request, work, true);
  }

  #run(verb: string, request: EngineRequest, work: (desk: Desk) => Promise<RunResult>, looks = false): Run {
    const control = new RunControl();
    const events = new EventStream();
    request.signal?.addEventListener("abort", () => control.cancel("putBack"), { once: true });
    if (request.signal?.aborted === true) control.cancel("stop");
    const result = this.#conduct({ verb, looks }, request, control, events, work).finally(() =>
      events.close(),
    );
    this.#keep(result);
    return new ActiveRun(events, control, result);
  }

  async #conduct(
    kind: { readonly verb: string; readonly looks: boolean },
    request: EngineRequest,
    control: RunControl,
    events: EventStream,
    work: (desk: Desk) => Promise<RunResult>,
  ): Promise<RunResult> {
    return await conduct({
      ...this.#config.deskParts(await this.#config.load(request.environment), control),
      ...kind,
      sink: (event) => events.push(event),
      work,
      keep: (clearing) => this.#keep(clearing),
    });
  }
}

/**
 * Makes an engine of a config. Nothing is dialled or read beyond the config until a verb is asked for; a config that
 * is wrong for every environment shows itself at the first verb as `HWS_CONFIG_INVALID` with all problems.
 */
export const createEngine = async (
  config: HawserConfig | unknown,
  options: EngineOptions = {},
): Promise<Engine> => new HawserEngine(config, options);
