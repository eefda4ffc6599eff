import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_SOURCE_REF_INVALID: {
    message: (ref: string): string =>
      `the ref ${JSON.stringify(ref.slice(0, 80))} is not a name this source accepts`,
    hint: "use the number of a build, or lastStable, lastSuccessful, lastCompleted or another of Jenkins' permalinks",
  },
  HWS_SOURCE_REF_NOT_FOUND: {
    message: (build: string, job: string): string => `the job ${job} has no build ${build}`,
    hint: "check the number; a permalink like lastStable exists only after the first build of its kind, and old builds are discarded by Jenkins",
  },
  HWS_SOURCE_MOVED: {
    message: (build: string, why: string): string => `${build} is no longer what was resolved: ${why}`,
    hint: "run again to take the present state; let Jenkins keep builds that are to be deployed (keep this build forever)",
  },
  HWS_JENKINS_OPTION: {
    message: (option: string, why: string): string => `the option ${option} is refused: ${why}`,
  },
  HWS_JENKINS_NO_JOB: {
    message: (job: string, url: string): string => `there is no job ${job} at ${url}`,
    hint: "check the name with all its folders; Jenkins says the same of a job that the user may not see (Job/Discover and Job/Read are needed)",
  },
  HWS_JENKINS_AUTH: {
    message: (url: string, why: string): string => `${url} wants a login: ${why}`,
    hint: "give username and token: an API token of that user, made in Jenkins under the user's security settings",
  },
  HWS_JENKINS_DENIED: {
    message: (url: string, user: string, permission: string): string =>
      `${url} is not open to ${user}${permission === "" ? "" : `: it takes ${permission}`}`,
    hint: "give the user Overall/Read, Job/Read and, where artifacts are guarded, Run/Artifacts",
  },
  HWS_JENKINS_UNAVAILABLE: {
    message: (url: string, status: number): string =>
      `${url} cannot answer now (status ${status})${status === 503 ? ": it may be starting" : ""}`,
    retryable: true,
  },
  HWS_JENKINS_ANSWER: {
    message: (url: string, why: string): string => `${url} was answered in a way Jenkins does not: ${why}`,
    hint: "check the option url: it is the address of Jenkins with its context path, as in a browser",
  },
  HWS_JENKINS_RUNNING: {
    message: (build: string): string => `${build} still runs`,
    hint: "deploy when it has ended, or set running: true if the build itself deploys what it has archived",
  },
  HWS_JENKINS_FAILED: {
    message: (build: string, result: string): string => `${build} ended as ${result}`,
    hint: "deploy another build; only successful and unstable ones are taken",
  },
  HWS_JENKINS_NO_ARTIFACTS: {
    message: (build: string, pattern: string, count: number): string =>
      count === 0
        ? `${build} has archived nothing`
        : `${build} has archived ${count} file${count === 1 ? "" : "s"}, and none fits ${pattern}`,
    hint: (_build: string, _pattern: string, count: number): string =>
      count === 0 ? "let the job archive its artifacts (archiveArtifacts)" : "check the option artifacts",
  },
  HWS_JENKINS_ARTIFACT_NAME: {
    message: (name: string, why: string): string => `the artifact ${JSON.stringify(name)} is refused: ${why}`,
    hint: "rename it in the job, or leave it out with the option artifacts",
  },
  HWS_JENKINS_FINGERPRINT: {
    message: (name: string, build: string): string =>
      `the file ${JSON.stringify(name)} is not the one whose fingerprint ${build} recorded`,
    hint: "it was changed on Jenkins after the build, or another file was handed out: look at it there, and build again",
  },
};

/** Every error of this package; the texts stand nowhere else. */
export const errors: Makers<typeof entries> = defineErrors(entries);
