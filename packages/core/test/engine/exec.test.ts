import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MemoryInstaller } from "@hawser/testkit";
import { expect, it } from "vitest";
import { Secret } from "../../src/index.ts";
import { ended, ending, given, openProject, type Project, type ProjectOptions } from "./fixtures/project.ts";

const inService = async (options: ProjectOptions = {}): Promise<Project> => {
  const project = await openProject(options);
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  return project;
};

const print = 'printf "%s\\n" "$HAWSER_INSTANCE $HAWSER_RELEASE $HAWSER_ROLE $GREETING" "$@"; cat index.html';

it("runs in `current` of every instance with the plan's environment, and gives an exit code for each", async () => {
  const { engine } = await inService({ plan: { env: { GREETING: "hello" } } });
  const argv = ["sh", "-c", print, "name", "two words", "$(id)", "'"];
  const { result, events } = await ended(engine.exec({ argv }));
  expect(ending(result)).toBe("0 done");
  expect(result.instances).toMatchObject([
    { id: "web1", exit: 0 },
    { id: "web2", exit: 0 },
  ]);
  const output = events
    .flatMap((event) => (event.type === "output" && event.instance === "web1" ? [event.text] : []))
    .join("");
  expect(output).toBe("web1 000001 web hello\ntwo words\n$(id)\n'\none");
});

it("keeps the output in the logs and the words in the history, without the secrets of the config", async () => {
  const installer = given("installer", new MemoryInstaller({}, { TOKEN: new Secret("abcdefgh12345678") }));
  const { engine } = await inService({ config: { installer } });
  const { result } = await ended(engine.exec({ argv: ["echo", "abcdefgh12345678", "it's"] }));
  const [note] = await engine.history();
  expect(note).toMatchObject({
    verb: "exec",
    instances: ["web1", "web2"],
    log: result.log,
    outcome: "noted",
  });
  expect(note?.command).toContain("echo");
  const kept: string[] = [];
  for await (const { instance, text } of engine.logs({ run: result.log as string }))
    kept.push(`${instance} ${text}`);
  expect(kept).toHaveLength(2);
  for (const text of [...kept, note?.command ?? ""]) expect(text).not.toContain("abcdefgh12345678");
  expect((await engine.fsck()).problems.filter(({ severity }) => severity === "error")).toEqual([]);
});

it("names who failed, and runs once where one is enough", async () => {
  const { engine, root } = await inService();
  writeFileSync(join(root("web2"), "broken"), "");
  const failing = await engine.exec({ argv: ["sh", "-c", '[ ! -e "$HAWSER_ROOT/broken" ] || exit 7'] })
    .result;
  expect(ending(failing)).toBe("1 incomplete HWS_EXEC_FAILED");
  expect(failing.error?.message).toContain("web2 (exit code 7)");
  expect(failing.instances.map(({ exit }) => exit)).toEqual([0, 7]);
  const count = ["sh", "-c", 'echo x >>"$HAWSER_ROOT/../count"'];
  expect((await engine.exec({ argv: count, once: true }).result).instances).toHaveLength(1);
  expect(readFileSync(join(root("web1"), "../count"), "utf8")).toBe("x\n");
  expect(ending(await engine.exec({ argv: ["true"], role: "cron" }).result)).toBe(
    "2 untouched HWS_FLEET_NO_ROLE",
  );
  expect(ending(await engine.exec({ argv: ["sleep", "20"], timeoutMs: 300 }).result)).toBe(
    "1 incomplete HWS_EXEC_FAILED",
  );
});

it("says so when nobody answers, or nothing is in service", async () => {
  const project = await openProject();
  expect(ending(await project.engine.exec({ argv: ["true"] }).result)).toBe("1 untouched HWS_DESIRED_NONE");
});

it("ends the waiting at a cancel, and says that a run is under way", async () => {
  const project = await inService({
    plan: { activate: [{ name: "wait", run: waitText, timeoutMs: 20_000 }] },
  });
  const { engine, root, source } = project;
  source.add({ "index.html": "two" }, { label: "v2" });
  const deploy = engine.deploy();
  while (!existsSync(join(root("web1"), "waits")) && !existsSync(join(root("web2"), "waits")))
    await sleep(20);
  const beside = await engine.exec({ argv: ["true"] }).result;
  expect(ending(beside)).toBe("0 done");
  expect(beside.warnings).toMatchObject([{ code: "HWS_RUN_UNDER_WAY" }]);
  for (const id of ["web1", "web2"]) writeFileSync(join(root(id), "go"), "");
  expect(ending(await deploy.result)).toBe("0 done");
  const run = engine.exec({ argv: ["sleep", "3"] });
  for await (const event of run) if (event.type === "instance" && event.state === "surveyed") run.cancel();
  expect((await run.result).exitCode).toBe(130);
});

/** Waits in the second release until there is a file `go`. */
const waitText =
  'if [ "$HAWSER_RELEASE" != 000001 ]; then : >"$HAWSER_ROOT/waits"; until [ -e "$HAWSER_ROOT/go" ]; do sleep 0.05; done; fi';

it("names the environment in the command that shows the output of one that failed", async () => {
  const project = await openProject({ instances: 1 });
  const engine = await project.engineWith({ environments: { live: {} } });
  expect(ending(await engine.deploy().result)).toBe("0 done");
  const result = await engine.exec({ argv: ["false"] }).result;
  expect(result.next).toEqual([`hawser logs ${result.log} -e live`]);
});
