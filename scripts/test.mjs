// `npm test`: installs what is missing, builds, runs every suite, closes with the line `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { otherStorages, swapSample } from "./deploy-suite.mjs";
import { install, originOf } from "./requirements.mjs";

const run = (file, args, env = {}) =>
  spawnSync(file, args, { stdio: "inherit", env: { ...process.env, ...env } }).status ?? 1;

const totals = { passed: 0, failed: 0 };
/** What failed, with the first line of why: told once more at the end, where a long log is read first. */
const failures = [];
const close = () => {
  for (const failure of failures) console.log(`FAILED: ${failure}`);
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
  process.exit(totals.failed === 0 ? 0 : 1);
};

/** A command that is one check: it passes or fails as a whole. */
const check = (title, file, args) => {
  const status = run(file, args);
  totals[status === 0 ? "passed" : "failed"] += 1;
  if (status === 0) console.log(`ok: ${title}`);
  else failures.push(`that ${title}`);
  return status === 0;
};

if (
  !existsSync("node_modules/.package-lock.json") &&
  run("npm", ["install", "--no-fund", "--no-audit", "--loglevel=error"]) !== 0
) {
  totals.failed += 1;
  close();
}

const skipped = new Set((process.env.HAWSER_SKIP ?? "").split(",").filter(Boolean));
const excluded = [];
for (const requirement of install()) {
  const { program, suites } = requirement;
  if (skipped.has(program)) {
    console.log(`left out as HAWSER_SKIP asks: the suites that need ${program} (${suites.join(", ")})`);
    excluded.push(...suites.map((suite) => `**/${suite.replace(/\/$/, "")}/**`));
  } else {
    console.log(`${program} is missing (${originOf(requirement)}): ${suites.join(", ")} cannot run`);
    console.log(`install it, or name it in HAWSER_SKIP to leave these suites out`);
    totals.failed += 1;
  }
}
if (totals.failed > 0) close();

check("the sources are formatted and linted", "npx", [
  "--no-install",
  "biome",
  "ci",
  "--log-level=error",
  ".",
]);
if (!check("the packages build", "npx", ["--no-install", "tsc", "-b"])) close();
check("tests and scripts type-check", "npx", ["--no-install", "tsc", "-p", "test"]);
check("nothing is exported or installed in vain", "npx", ["--no-install", "knip"]);
check("the documentation builds, and its links lead somewhere", "npm", ["run", "--silent", "docs"]);

const firstLine = (text) => stripVTControlCharacters(text ?? "").split("\n", 1)[0];
const failuresOf = ({ name, status, message, assertionResults }) => {
  const failed = assertionResults.filter((each) => each.status === "failed");
  const file = relative(process.cwd(), name);
  return failed.length === 0 && status === "failed"
    ? [`${file}: ${firstLine(message)}`]
    : failed.map((each) => `${file} > ${each.fullName}: ${firstLine(each.failureMessages[0])}`);
};

const results = mkdtempSync(join(tmpdir(), "hawser-results-"));
/** Runs one project of vitest, or some files of it, and counts. */
const suite = (project, { files = [], env = {}, options = [] } = {}) => {
  const output = join(results, `${project}-${env.HAWSER_STORAGE ?? ""}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${output}`];
  const args = ["--no-install", "vitest", "run", "--project", project, ...options, ...reporters, ...files];
  args.push(...excluded.flatMap((pattern) => ["--exclude", pattern]));
  const status = run("npx", args, env);
  const counted = existsSync(output) ? JSON.parse(readFileSync(output, "utf8")) : undefined;
  totals.passed += counted?.numPassedTests ?? 0;
  const failed = counted?.numFailedTests ?? 0;
  // A suite that did not even load has no failed test, and counts all the same.
  totals.failed += status !== 0 && failed === 0 ? 1 : failed;
  failures.push(...(counted?.testResults.flatMap(failuresOf) ?? [`${project} ended without results`]));
};
// Tests wait more than they compute, those with servers and fleets most: more files at once than vitest would take.
suite("unit", { options: ["--maxWorkers=2"] });
suite("integration", { options: ["--maxWorkers=4"] });
suite("shows", { options: ["--maxWorkers=4"] });
if (!skipped.has("minio"))
  for (const storage of otherStorages)
    suite("shows", { files: swapSample, env: { HAWSER_STORAGE: storage } });
rmSync(results, { recursive: true, force: true });
close();
