import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { HawserEnd } from "./hawser-process.ts";
import { openStage, type Stage } from "./stage.ts";

vi.setConfig({ testTimeout: 600_000 });

/** Keys that age's own program made. */
const keys = (): { identity: string; recipient: string } => {
  const identity = execFileSync("age-keygen", { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return {
    identity,
    recipient: execFileSync("age-keygen", ["-y"], { input: identity, encoding: "utf8" }).trim(),
  };
};

const must = async (stage: Stage, id: string, script: string, input = ""): Promise<string> => {
  const command = input === "" ? script : `${script} <<'END'\n${input}END\n`;
  const { exitCode, stdout, stderr } = await stage.fleet.exec(id, ["sh", "-c", command]);
  if (exitCode !== 0) throw new Error(`${script} on ${id}: ${stderr}`);
  return stdout.toString();
};

const outcome = ({ exitCode, result }: HawserEnd) => {
  const { outcome, error } = result as { outcome?: string; error?: { code: string } };
  return [exitCode, outcome, ...(error === undefined ? [] : [error.code])].join(" ");
};

/** What any file of the application holds, or is called. */
const telling = [/ of version \d/, /part-\d/, /file-\d+\.txt/];

const showing = async ({ objects }: Stage): Promise<string[]> => {
  const found: string[] = [];
  for (const key of await objects.keys("shop/")) {
    const bytes = await objects.read(key);
    const text = bytes?.toString("latin1") ?? "";
    const compressed =
      bytes?.subarray(0, 2).toString("hex") === "1f8b" || text.startsWith("\x28\xb5\x2f\xfd");
    if (compressed || telling.some((pattern) => pattern.test(text))) found.push(key);
  }
  return found;
};

test("a fleet runs what storage holds only sealed: opened on the instances, or by the deployer for those that cannot", async () => {
  const [deployer, fleet] = [keys(), keys()];
  await using stage = await openStage({
    instances: 3,
    each: (number) => (number === 2 ? { shell: "busybox" } : number === 3 ? { without: ["age"] } : {}),
  });
  writeFileSync(join(stage.folder, "deployer.txt"), deployer.identity);
  const recipients = [deployer.recipient, fleet.recipient];
  await stage.configure((config) => ({ ...config, encryption: { recipients, identity: "deployer.txt" } }));
  for (const id of ["web1", "web2"]) {
    await must(stage, id, "mkdir -p /srv/app/.hawser/secrets && chmod 700 /srv/app/.hawser/secrets");
    await must(stage, id, "cat >/srv/app/.hawser/secrets/identity", fleet.identity);
  }

  expect(outcome(await stage.hawser("deploy", "--ref", "v1"))).toBe("0 done");
  expect(outcome(await stage.hawser("deploy", "--ref", "v2"))).toBe("0 done");
  expect(await showing(stage)).toEqual([]);
  expect((await stage.objects.keys("shop/artifacts/")).filter((key) => key.includes("/forms/"))).toEqual([
    expect.stringMatching(/\/tar\.gz\.age$/),
    expect.stringMatching(/\/tar\.gz\.age$/),
  ]);
  const first = await must(stage, "web1", "cat /srv/app/releases/000001/src/module-0/part-0/file-0.txt");

  // Another machine without an identity: what it cannot open goes to the instances as it is.
  await stage.configure((config) => ({ ...config, encryption: { recipients } }));
  rmSync(join(stage.env.XDG_CACHE_HOME ?? join(stage.env.HOME ?? "", ".cache"), "hawser"), {
    recursive: true,
  });
  for (const { id } of stage.fleet.instances)
    await must(stage, id, "rm -rf /srv/app/releases/000001 /srv/app/.hawser/releases/000001");
  expect(outcome(await stage.hawser("rollback"))).toBe("1 untouched HWS_SEALING_NO_IDENTITY");
  expect(stage.current("web1")).toBe("000002");
  await stage.list(stage.fleet.instances.slice(0, 2));
  expect(outcome(await stage.hawser("rollback"))).toBe("0 done");
  for (const id of ["web1", "web2"]) {
    expect(stage.current(id)).toBe("000001");
    expect(await must(stage, id, "cat /srv/app/current/src/module-0/part-0/file-0.txt")).toBe(first);
  }

  // One that nothing was sealed to is told, whether the deployer reads or the instance does.
  await must(stage, "web1", "cat >/srv/app/.hawser/secrets/identity", keys().identity);
  await must(stage, "web1", "rm -rf /srv/app/releases/000002 /srv/app/.hawser/releases/000002");
  const refused = await stage.hawser("deploy", "--release", "000002", "--allow-bad");
  expect(outcome(refused)).toBe("1 untouched HWS_HOST_SEALED");
  expect(stage.current("web1")).toBe("000001");
});
