import { errors } from "./errors.ts";

/** What is asked of a build; never `depth`, which may be megabytes. */
export const buildFields: string =
  "number,timestamp,building,result,artifacts[relativePath],fingerprint[fileName,hash]," +
  "actions[lastBuiltRevision[SHA1]]," +
  "changeSet[items[commitId,msg,author[fullName]]],changeSets[items[commitId,msg,author[fullName]]]";

/** A build as far as it is deployed. */
export interface Build {
  readonly number: number;
  /** When it began, milliseconds since 1970: with the number it names the build for ever. */
  readonly timestamp: number;
  readonly running: boolean;
  readonly result: string;
  /** Paths of the archived files, unchecked. */
  readonly artifacts: readonly string[];
  /** MD5 sums by file name; Jenkins has them only where the job records fingerprints. */
  readonly fingerprints: ReadonlyMap<string, ReadonlySet<string>>;
  readonly commit?: string;
  readonly author?: string;
  readonly message?: string;
}

const maxArtifacts = 10_000;

/** Reads the answer for a build. What it lacks, or has in another form, is no answer of Jenkins. */
export const parseBuild = (answer: unknown, url: string): Build => {
  const refuse = (what: string) => errors.HWS_JENKINS_ANSWER([url, `${what} is missing or of another form`]);
  const build = fieldsOf(answer);
  const { number, timestamp, building, result } = build;
  if (!isPositive(number)) throw refuse("number");
  if (!isPositive(timestamp)) throw refuse("timestamp");
  if (typeof building !== "boolean") throw refuse("building");
  if (result !== null && !(typeof result === "string" && /^[A-Z_]{1,40}$/.test(result)))
    throw refuse("result");
  const artifacts = listOf(build.artifacts).map((artifact) => fieldsOf(artifact).relativePath);
  if (!artifacts.every((path) => typeof path === "string") || artifacts.length > maxArtifacts)
    throw refuse("artifacts");
  return {
    number,
    timestamp,
    // Without a result the last word is not spoken, whatever `building` says.
    running: building || result === null,
    result: result ?? "",
    artifacts,
    fingerprints: fingerprintsOf(build.fingerprint),
    ...originOf(build),
  };
};

const fingerprintsOf = (value: unknown): ReadonlyMap<string, ReadonlySet<string>> => {
  const sums = new Map<string, Set<string>>();
  for (const { fileName, hash } of listOf(value).map(fieldsOf)) {
    if (typeof fileName !== "string" || typeof hash !== "string") continue;
    sums.set(fileName, (sums.get(fileName) ?? new Set()).add(hash.toLowerCase()));
  }
  return sums;
};

/** The commit of the Git plugin's build data, and the newest change, which is the last of its list. */
const originOf = (build: Fields): Pick<Build, "commit" | "author" | "message"> => {
  const built = listOf(build.actions)
    .map((action) => fieldsOf(fieldsOf(action).lastBuiltRevision).SHA1)
    .find((commit) => commit !== undefined);
  const sets = [build.changeSet, ...listOf(build.changeSets)];
  const newest = fieldsOf(sets.flatMap((set) => listOf(fieldsOf(set).items)).at(-1));
  const commit = commitOf(built) ?? commitOf(newest.commitId);
  const author = lineOf(fieldsOf(newest.author).fullName);
  const message = lineOf(newest.msg);
  return {
    ...(commit !== undefined && { commit }),
    ...(author !== undefined && { author }),
    ...(message !== undefined && { message }),
  };
};

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const isPositive = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

const commitOf = (value: unknown): string | undefined =>
  typeof value === "string" && /^[0-9A-Za-z._-]{1,64}$/.test(value) ? value : undefined;

const lineOf = (value: unknown): string | undefined => {
  if (typeof value !== "string") return undefined;
  const [line = ""] = value.trim().split("\n", 1);
  return line.replaceAll(/\p{C}/gu, "").slice(0, 200).trim() || undefined;
};
