import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfigFile, spawnProgram } from "@hawser/core";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { readCommandLine } from "../../packages/cli/test/command-line.ts";
import { built } from "./built.ts";
import { ending, startHawser } from "./hawser-process.ts";
import { repository } from "./place.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const example = join(repository, "examples/ci");

/** What a pipeline runs in one shell, in the order in which it does. */
type Scripts = readonly string[];

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const asMap = (value: unknown): Readonly<Record<string, unknown>> => (value ?? {}) as Record<string, unknown>;

const documentOf = async (name: string) => asMap(await readConfigFile(join(example, name)));

const github = async (): Promise<Scripts> => {
  const { jobs } = await documentOf("github-actions.yml");
  const steps = Object.values(asMap(jobs)).flatMap((job) => asList(asMap(job).steps).map(asMap));
  // Text of others that is put into a script would be run.
  for (const { run } of steps) expect(String(run)).not.toContain("${{");
  return steps.flatMap(({ run }) => (typeof run === "string" ? [run] : []));
};

const gitlab = async (): Promise<Scripts> => {
  const jobs = Object.values(await documentOf("gitlab-ci.yml")).map(asMap);
  return jobs.flatMap((job) =>
    ["before_script", "script", "after_script"]
      .map((part) => asList(job[part]).join("\n"))
      .filter((script) => script !== ""),
  );
};

const jenkins = async (): Promise<Scripts> => {
  const text = readFileSync(join(example, "Jenkinsfile"), "utf8");
  const scripts = [...text.matchAll(/\bsh(?:\s+|\([^']*)'''(.*?)'''/gs)].map(([, script = ""]) => script);
  expect(scripts).toHaveLength(text.match(/\bsh\b/g)?.length ?? 0);
  const rest = text.replaceAll(/'''.*?'''|'[^'\n]*'|"[^"\n]*"|\/\/[^\n]*/gs, "");
  for (const [open, close] of ["{}", "()", "[]"] as const)
    expect(rest.split(open as string), `${open} and ${close}`).toHaveLength(
      rest.split(close as string).length,
    );
  return scripts;
};

const pipelines = { "github-actions.yml": github, "gitlab-ci.yml": gitlab, Jenkinsfile: jenkins };

/** Stands for hawser, npm and npx: writes down what hawser was given, and ends as the test wants. */
const stub = (log: string): string => `#!/bin/sh
name=\${0##*/}
if [ "$name" = npx ]; then
  [ "$1" = --no-install ] && shift
  name=$1
  shift
fi
[ "$name" = npm ] && exit 0
printf '%s\\037' "$name" "$@" >> '${log}'
printf '\\036' >> '${log}'
[ "$1" != deploy ] || exit "$DEPLOY_ENDS"
`;

interface Ended {
  readonly script: string;
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Every command line of hawser, in order. */
  readonly hawser: readonly (readonly string[])[];
}

/** Runs the scripts of a pipeline one after the other, each in a shell of its own, as a runner does. */
const runAll = async (scripts: Scripts, deployEnds: number): Promise<readonly Ended[]> => {
  const folder = mkdtempSync(join(tmpdir(), "hawser-ci-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(example, join(folder, "work"), { recursive: true });
  cpSync(example, join(folder, "work/dist"), { recursive: true });
  const log = join(folder, "log");
  writeFileSync(log, "");
  writeFileSync(join(folder, "stub"), stub(log), { mode: 0o755 });
  for (const name of ["npm", "npx", "hawser"]) symlinkSync(join(folder, "stub"), join(folder, name));
  writeFileSync(join(folder, "key"), "a key\n");
  const ended: Ended[] = [];
  for (const script of scripts) {
    const before = readFileSync(log, "utf8").length;
    const result = await spawnProgram("bash", ["-e", "-c", script], {
      cwd: join(folder, "work"),
      env: {
        PATH: `${folder}:${process.env.PATH}`,
        DEPLOY_ENDS: String(deployEnds),
        DEPLOY_KEY: join(folder, "key"),
        GITHUB_STEP_SUMMARY: join(folder, "summary"),
        GITHUB_REF_NAME: "main",
        GITHUB_ACTOR: "ann; touch canary",
        CI_COMMIT_REF_NAME: "main",
        GITLAB_USER_LOGIN: "ann",
        BUILD_NUMBER: "42",
        JOB_NAME: "web/shop",
      },
    });
    const lines = readFileSync(log, "utf8").slice(before).split("\x1e").slice(0, -1);
    const hawser = lines.map((line) => line.split("\x1f").slice(0, -1));
    ended.push({ script, exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr, hawser });
  }
  expect(existsSync(join(folder, "work/canary"))).toBe(false);
  return ended;
};

describe.each(Object.entries(pipelines))("the pipeline %s", (_, scriptsOf) => {
  test("gives hawser command lines that it understands, and deploys once with a result file", async () => {
    const all = await runAll(await scriptsOf(), 0);
    for (const { script, exitCode, stderr } of all) expect(exitCode, `${script}${stderr}`).toBe(0);
    const lines = all.flatMap(({ hawser }) => hawser);
    expect(new Set(lines.map(([name]) => name))).toEqual(new Set(["hawser"]));
    const read = await Promise.all(lines.map(([, ...argv]) => readCommandLine(argv)));
    expect(read.map(({ verb }) => verb)).toEqual(["validate", "deploy"]);
    expect(read[1]).toMatchObject({
      result: "result.json",
      wait: "15m",
      message: expect.stringContaining(""),
    });
  });

  test.each([1, 75, 130])(
    "fails where hawser ends with %i, and still says what became of it",
    async (code) => {
      const all = await runAll(await scriptsOf(), code);
      const deploys = all.filter(({ hawser }) => hawser.some((line) => line[1] === "deploy"));
      expect(deploys.map(({ exitCode }) => exitCode)).toEqual([code]);
      expect(all.at(-1)?.script).toContain("summary.mjs result.json");
      expect(all.at(-1)?.exitCode).toBe(0);
    },
  );
});

describe("the configs of the pipelines", () => {
  beforeAll(built);

  test.each(["hawser.yaml", "hawser.jenkins.yaml"])("%s is found good by hawser validate", async (name) => {
    const folder = mkdtempSync(join(tmpdir(), "hawser-ci-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    cpSync(example, folder, { recursive: true });
    symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
    const env = { PATH: process.env.PATH ?? "", HOME: folder, JENKINS_TOKEN: "11f0a8d3" };
    const end = await startHawser({ cwd: folder, env, argv: ["validate", "-c", name, "--json"] }).ended;
    expect(end.exitCode, ending(end)).toBe(0);
  });
});

test("the page has every exit code of the command line, and no other", () => {
  const codes = (file: string): string[] =>
    [...readFileSync(file, "utf8").matchAll(/^\| (\d+) +\|/gm)].map(([, code = ""]) => code);
  expect(codes(join(example, "README.md"))).toEqual(codes(join(repository, "docs/reference/cli.md")));
});

test("the summary is what the result says, and says so when there is none", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hawser-ci-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const summary = async () => {
    const result = await spawnProgram(process.execPath, [join(example, "summary.mjs"), "result.json"], {
      cwd: folder,
    });
    return result.stdout;
  };
  expect(await summary()).toBe("No result: the deploy was not reached.\n");
  // An error before a run has the same shape.
  const end = await startHawser({
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: folder },
    argv: ["deploy", "--result", "result.json"],
  }).ended;
  expect(end.exitCode).toBe(2);
  expect(readdirSync(folder)).toContain("result.json");
  expect(await summary()).toContain("HWS_CONFIG_NOT_FOUND");
});
