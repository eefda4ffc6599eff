import { createHash } from "node:crypto";

export type JenkinsResult = "SUCCESS" | "UNSTABLE" | "FAILURE" | "NOT_BUILT" | "ABORTED";

export interface JenkinsChange {
  readonly commitId: string;
  readonly msg: string;
  readonly author: string;
}

/** A build as a test makes one up. */
export interface JenkinsBuildSetup {
  /** Relative paths and their content. */
  readonly artifacts?: Readonly<Record<string, string | Uint8Array>>;
  /** Default SUCCESS; null while it runs. */
  readonly result?: JenkinsResult | null;
  /** Default: one more than the last. */
  readonly number?: number;
  /** Milliseconds since 1970. */
  readonly timestamp?: number;
  /** Whether the job records fingerprints. Default false. */
  readonly fingerprints?: boolean;
  readonly changes?: readonly JenkinsChange[];
  /** The commit of the Git plugin's build data. */
  readonly commit?: string;
}

/** A build of the stand-in. */
export class JenkinsBuild {
  readonly number: number;
  readonly timestamp: number;
  readonly artifacts: Map<string, Buffer> = new Map();
  readonly changes: readonly JenkinsChange[];
  readonly commit: string | undefined;
  readonly #fingerprints: boolean;
  /** Null while it runs. */
  result: JenkinsResult | null;
  /** What its commands wrote. */
  log = "";

  constructor(number: number, setup: JenkinsBuildSetup) {
    this.number = number;
    this.timestamp = setup.timestamp ?? 1_700_000_000_000 + number * 60_000;
    this.result = setup.result === undefined ? "SUCCESS" : setup.result;
    this.changes = setup.changes ?? [];
    this.commit = setup.commit;
    this.#fingerprints = setup.fingerprints ?? false;
    for (const [path, content] of Object.entries(setup.artifacts ?? {}))
      this.artifacts.set(path, Buffer.from(content as Uint8Array));
  }

  /** What the API says of it. `url` is made of the configured root URL, which may be wrong. */
  describe(url: string): object {
    const name = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
    const items = this.changes.map(({ commitId, msg, author }) => ({
      commitId,
      msg,
      author: { fullName: author },
    }));
    return {
      _class: "hudson.model.FreeStyleBuild",
      actions: this.commit === undefined ? [{}] : [{}, { lastBuiltRevision: { SHA1: this.commit } }],
      artifacts: [...this.artifacts.keys()].map((path) => ({
        displayPath: name(path),
        fileName: name(path),
        relativePath: path,
      })),
      building: this.result === null,
      inProgress: this.result === null,
      displayName: `#${this.number}`,
      id: String(this.number),
      number: this.number,
      result: this.result,
      timestamp: this.timestamp,
      url,
      changeSet: { _class: "hudson.plugins.git.GitChangeSetList", items },
      ...(this.#fingerprints && {
        fingerprint: [...this.artifacts].map(([path, bytes]) => ({
          fileName: name(path),
          hash: createHash("md5").update(bytes).digest("hex"),
        })),
      }),
    };
  }
}

const permalinks: Readonly<Record<string, (result: JenkinsResult | null) => boolean>> = {
  lastBuild: () => true,
  lastCompletedBuild: (result) => result !== null,
  lastStableBuild: (result) => result === "SUCCESS",
  // Unstable ones count: only lastStableBuild means that all tests passed.
  lastSuccessfulBuild: (result) => result === "SUCCESS" || result === "UNSTABLE",
  lastUnstableBuild: (result) => result === "UNSTABLE",
  lastFailedBuild: (result) => result === "FAILURE",
  lastUnsuccessfulBuild: (result) => result !== null && result !== "SUCCESS",
};

/** The build that a number or permalink means now. */
export const findBuild = (builds: readonly JenkinsBuild[], name: string): JenkinsBuild | undefined => {
  if (/^\d+$/.test(name)) return builds.find(({ number }) => number === Number(name));
  const fits = permalinks[name];
  return fits && builds.findLast(({ result }) => fits(result));
};
