import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type S3Login, startMinio } from "@hawser/testkit";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { built } from "./built.ts";
import { ending, type HawserProcess, startHawser } from "./hawser-process.ts";
import { repository } from "./place.ts";
import { type SmallProject, smallProject } from "./small-project.ts";

beforeAll(built);

interface Listening {
  readonly type: "listening";
  readonly url: string;
}

/** Starts `hawser dashboard` in the folder of a project's config; it is ended with the test at the latest. */
const dashboardOf = (
  { directory }: SmallProject,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): HawserProcess => {
  const process = startHawser({
    cwd: join(directory, "config"),
    env: { PATH: globalThis.process.env.PATH ?? "", HOME: join(directory, "home"), ...env },
    argv: ["dashboard", "--json", "--listen", "0", ...argv],
  });
  onTestFinished(() => process.kill());
  return process;
};

const urlOf = async (dashboard: HawserProcess): Promise<string> => {
  const event = await dashboard.event(({ type }) => (type as string) === "listening");
  return (event as unknown as Listening).url;
};

const pageOf = async (url: string, headers: Readonly<Record<string, string>> = {}): Promise<string> =>
  await (await fetch(url, { headers })).text();

const deployed = async (): Promise<{ readonly project: SmallProject; readonly config: string }> => {
  const project = await smallProject();
  onTestFinished(async () => await project[Symbol.asyncDispose]());
  const config = project.config("shop");
  await project.git.commit({ files: { "index.html": "one" } });
  const end = await project.hawser("deploy", "-c", config);
  expect(ending(end)).toBe("0 done");
  return { project, config };
};

describe("hawser dashboard", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("serves until %s, and ends with 0", async (signal) => {
    const { project, config } = await deployed();
    const dashboard = dashboardOf(project, ["-c", config]);
    const url = await urlOf(dashboard);
    expect(await pageOf(url)).toContain("In service");
    expect(await pageOf(`${url}/top/runs/000001`)).toContain("Done");
    dashboard.kill(signal);
    const end = await dashboard.ended;
    expect(ending(end).split("\n")[0]).toContain("0 done");
    expect(end.events.map(({ type }) => type)).toEqual(["start", "listening", "result"]);
  });

  it("tells its token once, to whoever started it, and in no event; one that was given it never tells", async () => {
    const { project, config } = await deployed();
    const made = dashboardOf(project, ["-c", config, "--url", "https://dashboard.example.org"]);
    expect(await urlOf(made)).toBe("https://dashboard.example.org");
    made.kill("SIGTERM");
    const { stderr, stdout } = await made.ended;
    const [, token = ""] = /token to log in with: ([\w-]{43})$/m.exec(stderr) ?? [];
    expect(token).not.toBe("");
    expect(stdout).not.toContain(token);
    const own = "a-token-that-nobody-guesses";
    const given = dashboardOf(project, ["-c", config], { HAWSER_DASHBOARD_TOKEN: own });
    const url = await urlOf(given);
    expect(await pageOf(url)).not.toContain("In service");
    expect(await pageOf(url, { authorization: `Bearer ${own}` })).toContain("In service");
    given.kill("SIGTERM");
    const end = await given.ended;
    expect(end.stdout + end.stderr).not.toContain(own);
  });

  it("says that its config has changed", async () => {
    const { project, config } = await deployed();
    const url = await urlOf(dashboardOf(project, ["-c", config]));
    expect(await pageOf(url)).not.toContain("has changed");
    const file = join(project.directory, "config", config);
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), keep: 9 }));
    await expect.poll(() => pageOf(url), { timeout: 30_000, interval: 500 }).toContain("has changed");
  });

  it("is refused a place that it cannot have, with what to do", async () => {
    const { project, config } = await deployed();
    const end = await project.hawser("dashboard", "-c", config, "--listen", "everywhere");
    expect(end.exitCode).toBe(2);
    expect(end.result?.error).toMatchObject({
      code: "HWS_DASHBOARD_PLACE",
      hint: expect.stringContaining("--listen"),
    });
    const weak = await startHawser({
      cwd: join(project.directory, "config"),
      env: { PATH: process.env.PATH ?? "", HOME: project.directory, HAWSER_DASHBOARD_TOKEN: "short" },
      argv: ["dashboard", "--json", "-c", config],
    }).ended;
    expect([weak.exitCode, weak.result?.error?.code]).toEqual([2, "HWS_DASHBOARD_TOKEN"]);
  });

  it("needs credentials that can only read: the auditor's", async () => {
    await using server = await startMinio();
    const bucket = await server.createBucket();
    const text = readFileSync(join(repository, "docs/policies/auditor.json"), "utf8")
      .replaceAll("BUCKET", bucket)
      .replaceAll("PREFIX", "releases")
      .replaceAll("APPLICATION", "shop");
    const auditor = await server.createUser((JSON.parse(text) as { Statement: object[] }).Statement);
    const storageOf = ({ accessKeyId, secretAccessKey }: S3Login) => ({
      storage: {
        use: "@hawser/storage-minio",
        with: {
          endpoint: server.endpoint,
          bucket,
          prefix: "releases",
          accessKey: accessKeyId,
          secretKey: secretAccessKey,
        },
      },
    });
    await using project = await smallProject();
    await project.git.commit({ files: { "index.html": "one" } });
    const end = await project.hawser("deploy", "-c", project.config("deployer", storageOf(server.login)));
    expect(ending(end)).toBe("0 done");
    const dashboard = dashboardOf(project, ["-c", project.config("auditor", storageOf(auditor))]);
    const url = await urlOf(dashboard);
    for (const path of ["", "/top", "/top/runs/000001"]) {
      const page = await pageOf(`${url}${path}`);
      expect([path, page.includes("No answer"), page.includes("000001")]).toEqual([path, false, true]);
    }
    dashboard.kill();
    await dashboard.ended;
  });
});
