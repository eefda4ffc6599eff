import {
  type ArchiveSource,
  HawserError,
  type OpenedArchive,
  type OperationContext,
  type PluginContext,
  type Problem,
  type Revision,
} from "@hawser/core/plugin";
import { artifactPattern, checkArtifact } from "./artifact-choice.ts";
import { type Build, buildFields, parseBuild } from "./build.ts";
import { BuildFiles } from "./build-files.ts";
import { buildPart } from "./build-name.ts";
import { type Candidate, idOf } from "./candidate.ts";
import { errors } from "./errors.ts";
import { Jenkins } from "./jenkins.ts";
import { jobUrl } from "./job-url.ts";
import type { JenkinsSourceOptions } from "./options.ts";

/** The artifacts of one build. A permalink becomes a number once, at the resolve, and only the number is used then. */
export class JenkinsSource implements ArchiveSource {
  readonly #options: JenkinsSourceOptions;
  readonly #jenkins: Jenkins;
  readonly #files: BuildFiles;
  readonly #jobUrl: string;
  readonly #fits: (path: string) => boolean;

  constructor(options: JenkinsSourceOptions, plugin: PluginContext) {
    this.#options = options;
    this.#jobUrl = jobUrl(options.url, options.job);
    this.#fits = artifactPattern(options.artifacts ?? "**");
    this.#jenkins = new Jenkins(options, plugin);
    this.#files = new BuildFiles(this.#jenkins, plugin);
  }

  async resolve({ ref }: { readonly ref?: string }, context: OperationContext): Promise<Revision> {
    const name = ref ?? String(this.#options.build ?? "lastStable");
    const part = buildPart(name);
    context.signal.throwIfAborted();
    const build = await this.#look(part, context);
    if (build === undefined) throw await this.#missing(name, context);
    const candidate = this.#candidate(build);
    if (build.result === "UNSTABLE") context.logger.warn(`${candidate.shown} is unstable`);
    const { number, timestamp, commit, author, message } = build;
    return {
      id: idOf(candidate),
      exact: !build.running,
      label: `${this.#options.job} #${number}${commit === undefined ? "" : ` (${commit.slice(0, 12)})`}`,
      url: `${this.#jobUrl}/${number}/`,
      time: Math.floor(timestamp / 1000),
      ...(author !== undefined && { author }),
      ...(message !== undefined && { message }),
    };
  }

  async open(
    { revision }: { readonly revision: Revision },
    context: OperationContext,
  ): Promise<OpenedArchive> {
    context.signal.throwIfAborted();
    const candidate = await this.#same(revision, context);
    const opened = await this.#files.open(candidate, context);
    // A build that still runs may have archived more meanwhile.
    if (candidate.build.running) await this.#same(revision, context);
    return { ...opened, stripComponents: this.#options.stripComponents ?? 0 };
  }

  async check(context: OperationContext): Promise<readonly Problem[]> {
    try {
      await this.resolve({}, context);
      return [];
    } catch (error) {
      context.signal.throwIfAborted();
      if (!HawserError.is(error)) throw error;
      const { code, message, hint } = error;
      return [{ code, message, ...(hint !== undefined && { hint }), where: "source", severity: "error" }];
    }
  }

  async #look(part: string, context: OperationContext): Promise<Build | undefined> {
    const url = `${this.#jobUrl}/${part}`;
    const answer = await this.#jenkins.fields(url, buildFields, context);
    if (answer === undefined) return undefined;
    const build = parseBuild(answer, url);
    if (/^\d/.test(part) && String(build.number) !== part)
      throw errors.HWS_JENKINS_ANSWER([url, `it is about the build ${build.number}`]);
    return build;
  }

  /** The build of a revision, which must be as it was resolved. */
  async #same(revision: Revision, context: OperationContext): Promise<Candidate> {
    const [number = ""] = revision.id.split("-", 1);
    const shown = this.#shown(number);
    const build = await this.#look(buildPart(number), context);
    if (build === undefined) throw errors.HWS_SOURCE_MOVED([shown, "it is gone"]);
    const candidate = this.#candidate(build);
    if (idOf(candidate) === revision.id) return candidate;
    const why = build.running
      ? "it has archived other files"
      : "another build has its number, or it has ended since";
    throw errors.HWS_SOURCE_MOVED([shown, why]);
  }

  #candidate(build: Build): Candidate {
    const shown = this.#shown(String(build.number));
    const { running, result, artifacts } = build;
    if (running && this.#options.running !== true) throw errors.HWS_JENKINS_RUNNING([shown]);
    if (!running && result !== "SUCCESS" && result !== "UNSTABLE")
      throw errors.HWS_JENKINS_FAILED([shown, result]);
    const paths = artifacts.filter(this.#fits).map(checkArtifact).sort();
    if (paths.length === 0) {
      const pattern = this.#options.artifacts ?? "**";
      throw errors.HWS_JENKINS_NO_ARTIFACTS([shown, pattern, artifacts.length]);
    }
    return { build, paths, url: `${this.#jobUrl}/${build.number}`, shown };
  }

  #shown(number: string): string {
    return `${this.#options.job} #${number}`;
  }

  /** Of a job that may not be seen Jenkins says what it says of a build that does not exist. */
  async #missing(name: string, context: OperationContext): Promise<HawserError> {
    const { job, url } = this.#options;
    const found = await this.#jenkins.fields(this.#jobUrl, "name", context);
    if (found === undefined) return errors.HWS_JENKINS_NO_JOB([job, url]);
    return errors.HWS_SOURCE_REF_NOT_FOUND([name, job]);
  }
}
