import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HawserConfig, RunEvent, RunResult } from "@hawser/core";
import {
  createRepository,
  type JenkinsBuild,
  type JenkinsServer,
  startJenkinsServer,
  startLoad,
} from "@hawser/testkit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { installerWith } from "./config.ts";
import { repository as home } from "./place.ts";
import { openStage, type Stage } from "./stage.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const login = { username: "deployer", token: "11f0a8d3c2b1e4958677" };
const job = "web/shop";

/** What the application's own build does with its sources. */
const build = `#!/bin/sh
set -eu
mkdir -p out/public
sed "s/@VERSION@/$(cat version)/" page.html > out/index.html
cp page.html out/public/source.html
ln -s index.html out/home.html
if [ -e status.txt ]; then cp status.txt out/status.txt; fi
printf '#!/bin/sh\\n' > out/warm-up
chmod 755 out/warm-up
`;

/** Jenkins' part: the first stage builds and archives, the second one deploys what was archived. */
const stages = [
  {
    run: [
      "sh",
      "-ec",
      'git clone -q "$REPOSITORY" sources && cd sources && ./build && tar -czf ../shop.tar.gz -C out .',
    ],
    archive: ["shop.tar.gz"],
  },
  {
    run: [
      "sh",
      "-ec",
      'hawser deploy -c "$HAWSER_CONFIG" --json --ref "$BUILD_NUMBER" --result "$RESULTS/$BUILD_NUMBER.json" > "$RESULTS/$BUILD_NUMBER.events"',
    ],
  },
];

/** Whoever pushes starts the job, with a token that no command line shows. */
const hook = (settings: string): string => `#!/bin/sh
while read -r old new ref; do
  if [ "$ref" = refs/heads/main ]; then curl -fsS --config '${settings}'; fi
done
`;

const fromJenkins =
  (jenkins: JenkinsServer) =>
  (config: HawserConfig): HawserConfig => ({
    ...installerWith({ check: { http: "http://127.0.0.1/status.txt", timeoutMs: 2_000 } })(config),
    source: {
      use: "@hawser/source-jenkins",
      with: {
        url: jenkins.url,
        job,
        artifacts: "*.tar.gz",
        running: true,
        username: login.username,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of the config.
        token: "${file:./jenkins-token}",
      },
    },
    rollout: { waves: [1, "100%"] },
  });

/** Whether builds are taken that still run. */
const running =
  (value: boolean) =>
  (config: HawserConfig): HawserConfig => ({
    ...config,
    source: {
      use: "@hawser/source-jenkins",
      with: { ...(config.source?.with as object), running: value },
    },
  });

let stage: Stage;
let jenkins: JenkinsServer;
let first: JenkinsBuild;
let push: (files: Readonly<Record<string, string | null>>) => Promise<void>;

/** A bare repository on the stage's Git server, with a hook, and a clone that is pushed over SSH. */
const openRepository = async (folder: string): Promise<void> => {
  const bare = join(folder, "repositories/site.git");
  await (await createRepository(join(folder, "first"))).git("init", "-q", "--bare", "-b", "main", bare);
  const settings = join(bare, "jenkins.curl");
  const url = `${jenkins.url}/job/web/job/shop/build`;
  await writeFile(settings, `request = POST\nurl = "${url}"\nuser = "${login.username}:${login.token}"\n`, {
    mode: 0o600,
  });
  await writeFile(join(bare, "hooks/post-receive"), hook(settings), { mode: 0o755 });
  const clone = await createRepository(join(folder, "clone"));
  await clone.git("remote", "add", "origin", stage.git.url("site.git"));
  const { privateKey, knownHosts } = stage.git;
  const ssh = `ssh -i ${privateKey} -o IdentitiesOnly=yes -o UserKnownHostsFile=${knownHosts}`;
  await clone.git("config", "core.sshCommand", ssh);
  await writeFile(join(clone.directory, "build"), build);
  await chmod(join(clone.directory, "build"), 0o755);
  push = async (files) => {
    await clone.commit({ files });
    await clone.git("push", "-q", "origin", "main");
  };
};

beforeAll(async () => {
  jenkins = await startJenkinsServer({ login });
  stage = await openStage({ instances: 2, config: fromJenkins(jenkins) });
  const { folder } = stage;
  await writeFile(join(folder, "jenkins-token"), login.token, { mode: 0o600 });
  await mkdir(join(folder, "bin"));
  await mkdir(join(folder, "results"));
  await symlink(join(home, "packages/cli/bin/hawser.js"), join(folder, "bin/hawser"));
  jenkins.defineJob(job, {
    stages,
    env: {
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      HOME: join(folder, "home"),
      XDG_CACHE_HOME: join(folder, "cache"),
      HAWSER_CONFIG: join(folder, "hawser.yaml"),
      RESULTS: join(folder, "results"),
      REPOSITORY: join(folder, "repositories/site.git"),
    },
  });
  await openRepository(folder);
  await push({ version: "1", "page.html": "<h1>Shop @VERSION@</h1>\n", "status.txt": "well\n" });
  first = await jenkins.finished(job, 1);
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
  await jenkins?.[Symbol.asyncDispose]();
});

/** What the deploy of a build left for whoever reads it. */
const resultOf = async ({
  number,
}: JenkinsBuild): Promise<{ result: RunResult; events: readonly RunEvent[] }> => {
  const read = (name: string) => readFile(join(stage.folder, "results", name), "utf8");
  const events = (await read(`${number}.events`)).trim().split("\n");
  return {
    result: JSON.parse(await read(`${number}.json`)) as RunResult,
    events: events.map((line) => JSON.parse(line) as RunEvent),
  };
};

const page = async (): Promise<string> => await (await fetch(`${stage.url}/index.html`)).text();

test("a push starts the job, which builds, archives, and deploys its own artifact to the fleet", async () => {
  expect(first.result, first.log).toBe("SUCCESS");
  expect(jenkins.requests[0]).toMatchObject({ method: "POST", url: "/jenkins/job/web/job/shop/build" });
  const { result, events } = await resultOf(first);
  expect(result).toMatchObject({ ok: true, exitCode: 0, outcome: "done", release: "000001" });
  expect(result.revision).toMatch(/^1-[0-9]{13}-[0-9a-f]{12}$/);
  expect(events[0]).toMatchObject({ type: "start" });
  expect(events.at(-1)).toMatchObject(result);
  expect(await page()).toBe("<h1>Shop 1</h1>\n");
  expect(await stage.invariants()).toEqual([]);
});

test("a build that is not well fails the job with exit 1 and leaves the fleet as it was, while visitors notice nothing", async () => {
  const before = stage.current("web1") ?? "";
  await using load = startLoad({ url: `${stage.url}/index.html`, rate: 50 });
  await load.flowing;
  await push({ version: "2", "status.txt": null });
  const second = await jenkins.finished(job, 2);
  const traffic = await load.stop();
  expect(second.result, second.log).toBe("FAILURE");
  const { result } = await resultOf(second);
  expect(result).toMatchObject({ ok: false, exitCode: 1, outcome: "putBack", desired: before });
  expect(result.error).toMatchObject({ code: "HWS_CHECK_FAILED", step: "check" });
  expect(traffic).toMatchObject({ failed: 0, errors: [] });
  expect(await page()).toBe("<h1>Shop 1</h1>\n");
  expect(await stage.invariants({ release: before })).toEqual([]);
});

test("a build that has ended is deployed by its number as by anybody, and its token is in nothing that was written", async () => {
  await stage.configure(running(false));
  const end = await stage.hawser("deploy", "--ref", "1");
  await stage.configure(running(true));
  expect(end.result).toMatchObject({ exitCode: 0, outcome: "done" });
  expect(await stage.invariants()).toEqual([]);
  const written = await resultOf(first);
  expect(JSON.stringify([written, end.events, end.stderr])).not.toContain(login.token);
});
