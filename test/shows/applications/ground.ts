import type { HawserConfig } from "@hawser/core";
import { type Load, startLoad } from "@hawser/testkit";
import type { HawserEnd } from "../hawser-process.ts";
import { scale } from "../scale.ts";
import { openStage, type Stage, type StageOptions } from "../stage.ts";
import { askInstance } from "./answer.ts";
import { type GroundInstance, groundInstance } from "./instance.ts";
import { changing, faultOf, type LoadReport, reportOf } from "./load-report.ts";
import { type Files, history } from "./sources.ts";

export interface GroundOptions {
  /** The application's files as the release with this number has them, from 1: see `filesIn`. */
  readonly sources: (number: number) => Files | Promise<Files>;
  /** How many releases its repository has. Default: the first one, and one for each deploy under load. */
  readonly releases?: number;
  readonly installer: NonNullable<HawserConfig["installer"]>;
  /** Makes and starts on an instance, before the first deploy, what the application runs under: a supervisor, PHP-FPM, Tomcat. */
  readonly ready?: (instance: GroundInstance) => void | Promise<void>;
  /** Where the application answers on every instance. Default 80. */
  readonly port?: number;
  /** What clients ask. Default `/`. */
  readonly path?: string;
  /** What HAProxy asks for health. Default: `path`. */
  readonly health?: string;
  /** Requests a second over all clients. Default 50. */
  readonly rate?: number;
  /** Default 2. */
  readonly instances?: number;
  readonly each?: StageOptions["each"];
  /** Changes the config with which it opens. */
  readonly config?: (config: HawserConfig) => HawserConfig;
}

/**
 * The ground of a real application: its repository, its instances with what it runs under, HAProxy before them, and a load.
 *
 * Every answer to `path` names the release in the header `x-release` and begins with two words `v<number>`, each out of a
 * file of its own that is loaded for the answer or at the start. The id of the release follows where the check asks for it.
 */
export interface Ground extends AsyncDisposable {
  readonly stage: Stage;
  /** Deploys the release with this number, whole as `hawser deploy` ends. */
  deploy(number: number): Promise<HawserEnd>;
  rollback(): Promise<HawserEnd>;
  /** Starts the load; resolves at the first good answer. */
  load(): Promise<void>;
  /** Ends the load and tells what came of it. */
  report(): Promise<LoadReport>;
  /** What every instance answers when it is asked past the load balancer, several times: `v<number> v<number> <release>`, or what is wrong. */
  answers(): Promise<Readonly<Record<string, readonly string[]>>>;
}

export const openGround = async (options: GroundOptions): Promise<Ground> => {
  const { port = 80, path = "/", rate = 50, ready, config = (same) => same } = options;
  const releases = options.releases ?? scale.application.deploys + 1;
  const stage = await openStage({
    instances: options.instances ?? 2,
    ...(options.each !== undefined && { each: options.each }),
    application: (directory) => history(directory, releases, options.sources),
    serving: {
      port,
      // All that runs on an instance ends with the fleet.
      start: async (fleet, id) => {
        await ready?.(groundInstance(fleet, id));
        return { [Symbol.asyncDispose]: async () => {} };
      },
    },
    haproxy: {
      // Without a limit of its own a check has to be answered within its interval, and an answer that waits for a busy disk is not.
      backendLines: [`option httpchk GET ${options.health ?? path}`, "timeout check 10s"],
    },
    config: (given) => config({ ...given, installer: options.installer }),
  });
  let load: Load | undefined;

  /** Between runs, the period of the load is called after the release that is in service, and lasts long enough to see it. */
  const during = async (...argv: readonly string[]): Promise<HawserEnd> => {
    await load?.period(changing);
    const end = await stage.hawser(...argv);
    const { exitCode, release } = end.result ?? {};
    if (exitCode === 0 && release) await (await load?.period(release))?.answered;
    return end;
  };

  return {
    stage,
    deploy: (number) => during("deploy", "--ref", `v${number}`),
    rollback: () => during("rollback"),
    load: async () => {
      load = startLoad({ url: `${stage.url}${path}`, rate, validate: faultOf });
      await load.flowing;
    },
    report: async () => {
      if (load === undefined) throw new Error("no load was started");
      const ending = load;
      load = undefined;
      return reportOf(await ending.stop());
    },
    answers: async () =>
      Object.fromEntries(
        await Promise.all(
          stage.fleet.instances.map(async ({ id, address }) => [
            id,
            await askInstance(`http://${address}:${port}${path}`),
          ]),
        ),
      ),
    [Symbol.asyncDispose]: async () => {
      await load?.[Symbol.asyncDispose]();
      await stage[Symbol.asyncDispose]();
    },
  };
};
