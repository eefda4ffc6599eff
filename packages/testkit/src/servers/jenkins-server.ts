import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeServerCertificate } from "./certificate.ts";
import type { JenkinsBuild, JenkinsBuildSetup } from "./jenkins-build.ts";
import type { JenkinsJobSetup } from "./jenkins-job.ts";
import {
  type Interception,
  type JenkinsLogin,
  type JenkinsRequest,
  JenkinsStandIn,
} from "./jenkins-stand-in.ts";
import { listenOn } from "./listening.ts";

export interface JenkinsServerOptions {
  /** Where Jenkins lies on its host. Default `/jenkins`; empty for its top. */
  readonly contextPath?: string;
  /** Whoever does not say these is told so. Absent: everybody may read. */
  readonly login?: JenkinsLogin;
  /** What Jenkins believes to be its address. Default: a host that does not exist, as after a move. */
  readonly rootUrl?: string;
  /** Over TLS, with a certificate of its own authority. Default false. */
  readonly tls?: boolean;
}

/**
 * A stand-in for Jenkins, written from documented facts; no Jenkins was run. It has jobs in folders with builds and
 * artifacts, the JSON API with `tree`, permalinks, and the answers that surprise: 404 for what may not be seen, HTML for
 * errors, a wrong root URL in every `url`. It runs jobs, too: a command each stage, whose exit code decides.
 */
export interface JenkinsServer extends AsyncDisposable {
  readonly port: number;
  readonly origin: string;
  /** With the context path. */
  readonly url: string;
  /** The file with the authority's certificate, with `tls`. */
  readonly authority: string;
  readonly requests: readonly JenkinsRequest[];
  /** Jobs that exist and may not be discovered. */
  readonly hidden: Set<string>;
  /** Jobs that may be discovered and not read. */
  readonly denied: Set<string>;
  /** So many of the next requests find it starting. */
  starting: number;
  /** Whoever is not logged in is sent to a page instead of being refused. */
  loginPage: boolean;
  /** Artifacts are handed out by this origin. */
  artifactOrigin: string | undefined;
  intercept: Interception | undefined;
  /** Adds a build that has happened, and its job when that is new. Folders are in the name: `folder/job`. */
  addBuild(job: string, setup?: JenkinsBuildSetup): JenkinsBuild;
  removeBuild(job: string, number: number): void;
  /** Makes a job that can be started by `POST …/build`. */
  defineJob(job: string, setup: JenkinsJobSetup): void;
  /** Resolves when the build has ended, also one that has not begun. Default limit: 60 s. */
  finished(job: string, number: number, limitMs?: number): Promise<JenkinsBuild>;
}

const serverOf = async (standIn: JenkinsStandIn, directory: string, tls: boolean) => {
  const answer = (request: IncomingMessage, response: ServerResponse) => standIn.answer(request, response);
  if (!tls) return { server: createServer(answer), authority: "" };
  const { key, cert, authority } = await makeServerCertificate(directory, "127.0.0.1");
  return { server: createSecureServer({ key, cert }, answer), authority };
};

/** Starts a stand-in for Jenkins on a random port of loopback. */
export const startJenkinsServer = async (options: JenkinsServerOptions = {}): Promise<JenkinsServer> => {
  const directory = await mkdtemp(join(tmpdir(), "hawser-jenkins-"));
  const standIn = new JenkinsStandIn(directory, options.contextPath ?? "/jenkins", options.login);
  const { server, authority } = await serverOf(standIn, directory, options.tls === true);
  const listening = await listenOn(server);
  const origin = `http${options.tls === true ? "s" : ""}://127.0.0.1:${listening.port}`;
  standIn.url = `${origin}${standIn.contextPath}`;
  standIn.rootUrl = options.rootUrl ?? "http://jenkins.before-the-move.example";
  return Object.assign(standIn, {
    port: listening.port,
    origin,
    authority,
    addBuild: (job: string, setup: JenkinsBuildSetup = {}) => standIn.job(job).add(setup),
    removeBuild: (job: string, number: number) => {
      const { builds } = standIn.job(job);
      builds.splice(
        builds.findIndex((build) => build.number === number),
        1,
      );
    },
    defineJob: (job: string, setup: JenkinsJobSetup) => {
      standIn.job(job).setup = setup;
    },
    finished: async (job: string, number: number, limitMs = 60_000) => {
      for (let waited = 0; waited < limitMs; waited += 20) {
        const build = standIn.job(job).builds.find((each) => each.number === number);
        if (build !== undefined && build.result !== null) return build;
        await sleep(20);
      }
      throw new Error(`build ${number} of ${job} has not ended: ${standIn.job(job).builds.at(-1)?.log}`);
    },
    [Symbol.asyncDispose]: async () => {
      standIn.stop();
      await listening[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  });
};
