import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "@hawser/core";
import type { MachineOptions } from "@hawser/testkit";
import { expect, test, vi } from "vitest";
import { storageKind } from "./central-storage.ts";
import type { HawserEnd } from "./hawser-process.ts";
import { changes, type Snapshot, snapshot } from "./snapshot.ts";
import { openStage, type Stage } from "./stage.ts";

vi.setConfig({ testTimeout: 600_000 });

const special: Readonly<Record<number, MachineOptions>> = {
  2: { sizeBytes: 1 << 20 },
  3: { readOnly: true },
  4: { faketime: "+1h" },
  5: { without: ["tar"] },
};

/** Of each instance: the code that says what is wrong, and a word of the mend. */
const ailing: Readonly<Record<string, readonly [code: string, mend: RegExp]>> = {
  web2: ["HWS_FLEET_SPACE", /free space/],
  web3: ["HWS_HOST_READ_ONLY", /mount the file system writable/],
  web4: ["HWS_FLEET_CLOCK", /NTP/],
  web5: ["HWS_HOST_TOOL_MISSING", /install the tool/],
  web6: ["HWS_HOST_PERMISSION", /let the deploy user own the root/],
  web7: ["HWS_HOST_OWNER", /a root of its own/],
};

/** A root without the power to write what others own: what every other user is. */
const ordinary = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] as const;
const stranger = "4242:4242";

const must = async (stage: Stage, id: string, ...argv: string[]): Promise<void> => {
  const { exitCode, stderr } = await stage.fleet.exec(id, argv);
  if (exitCode !== 0) throw new Error(`${argv.join(" ")} on ${id}: ${stderr}`);
};

/** What machine options cannot say: a full disk, a root that somebody else owns, one of another application. */
const ail = async ({ fleet, ...stage }: Stage): Promise<void> => {
  const all = { ...stage, fleet } as Stage;
  await must(
    all,
    "web2",
    "sh",
    "-c",
    "cat /dev/zero >/srv/app/ballast 2>/dev/null || test -s /srv/app/ballast",
  );
  await fleet.killSshd("web6");
  await must(all, "web6", "chown", stranger, "/srv/app");
  await must(all, "web6", ...ordinary, "/usr/sbin/sshd", "-f", join(fleet.folder, "web6.sshd_config"));
  await must(all, "web7", "sh", "-c", "mkdir /srv/app/.hawser && echo 'blog -' >/srv/app/.hawser/owner");
};

const folders = ({ fleet }: Stage): Readonly<Record<string, Snapshot>> =>
  Object.fromEntries(fleet.instances.map(({ id, folder }) => [id, snapshot(folder)]));

/** Everything on instances that is not as it was, as `instance: path`. */
const changedOn = (stage: Stage, before: Readonly<Record<string, Snapshot>>): string[] =>
  Object.entries(folders(stage)).flatMap(([id, after]) =>
    changes(before[id] ?? {}, after).map((path) => `${id}: ${path}`),
  );

const problemsOf = ({ result }: HawserEnd): readonly Problem[] =>
  (result as { problems?: readonly Problem[] } | undefined)?.problems ?? [];

test("doctor and deploy name each ailing instance with its mend, and change nothing", async () => {
  await using stage = await openStage({ instances: 7, each: (number) => special[number] ?? {} });
  await ail(stage);
  const before = folders(stage);

  const doctor = await stage.hawser("doctor");
  expect(doctor.exitCode).toBe(1);
  const found = problemsOf(doctor).filter(({ severity }) => severity === "error");
  expect(Object.fromEntries(found.map(({ where, code }) => [where, code]))).toEqual(
    Object.fromEntries(Object.entries(ailing).map(([id, [code]]) => [id, code])),
  );
  for (const { where = "", hint } of found) expect(hint, where).toMatch(ailing[where]![1]);
  // A diagnosis leaves nothing behind at all.
  expect(changedOn(stage, before)).toEqual([]);
  expect(await stage.objects.keys("")).toEqual([]);

  const read = (await stage.plainly("doctor")).stdout.replaceAll(/\s+/g, " ");
  for (const [id, [code, mend]] of Object.entries(ailing)) {
    expect(read).toContain(`${id} `);
    expect(read).toContain(code);
    expect(read).toMatch(mend);
  }

  const deploy = await stage.hawser("deploy");
  expect(deploy).toMatchObject({ exitCode: 1, result: { outcome: "untouched", desired: null } });
  expect(deploy.result?.error?.code).toBe("HWS_FLEET_PREFLIGHT");
  const told = deploy.result?.warnings ?? [];
  for (const [id, [code, mend]] of Object.entries(ailing)) {
    expect(deploy.result?.error?.message).toContain(id);
    expect(told.find((warning) => warning.instance === id)).toMatchObject({ code });
    expect(told.find((warning) => warning.instance === id)?.hint).toMatch(mend);
    expect(deploy.stderr).toContain(code);
  }
  // The lock, the journal of the run, and nothing else; on instances the kept host program at most.
  const stored = (await stage.objects.keys("")).filter((key) => !/^shop\/top\/(runs\/.*|lock)$/.test(key));
  expect(stored).toEqual([]);
  const kept = /^web[0-9]: \.hawser(\/host(\/[0-9a-f]{64})?)?$/;
  expect(changedOn(stage, before).filter((change) => !kept.test(change))).toEqual([]);
});

interface StorageMount extends Disposable {
  /** Writes until nothing more fits. */
  fill(): void;
  empty(): void;
  remount(options: string): void;
}

const mountStorage = ({ storage }: Stage): StorageMount => {
  mkdirSync(storage);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", storage]);
  return {
    fill: () => {
      const file = openSync(join(storage, ".ballast"), "w");
      try {
        for (;;) writeSync(file, Buffer.alloc(4096));
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe("ENOSPC");
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(join(storage, ".ballast")),
    remount: (options) => void execFileSync("mount", ["-o", `remount,${options}`, storage]),
    [Symbol.dispose]: () => void execFileSync("umount", [storage]),
  };
};

/** doctor and deploy say what is wrong with the storage and how to mend it, and leave everything as it is. */
const refuses = async (
  stage: Stage,
  code: string,
  mend: RegExp,
  through: readonly string[] = [],
): Promise<void> => {
  const before = { instances: folders(stage), storage: snapshot(stage.storage) };
  const doctor = await stage.hawserThrough(through, "doctor");
  expect(doctor.exitCode).toBe(1);
  const problem = problemsOf(doctor).find((each) => each.code === code);
  expect(problem?.message ?? doctor.stdout).toContain(stage.storage);
  expect(problem?.hint).toMatch(mend);
  const deploy = await stage.hawserThrough(through, "deploy", "--ref", "v2");
  expect(deploy).toMatchObject({ exitCode: 1, result: { outcome: "untouched", error: { code } } });
  expect(deploy.stderr.replaceAll(/\s+/g, " ")).toMatch(mend);
  expect(changedOn(stage, before.instances)).toEqual([]);
  expect(changes(before.storage, snapshot(stage.storage))).toEqual([]);
};

test.runIf(storageKind === "fs")(
  "a storage that is full, read-only or somebody else's is named with its mend before anything is changed",
  async () => {
    await using stage = await openStage({ instances: 1 });
    using mount = mountStorage(stage);
    expect((await stage.hawser("deploy", "--ref", "v1")).exitCode).toBe(0);
    mount.fill();
    await refuses(stage, "HWS_STORAGE_FULL", /free space/);
    mount.empty();
    mount.remount("ro");
    await refuses(stage, "HWS_STORAGE_READ_ONLY", /mount it writable/);
    mount.remount("rw");
    execFileSync("chown", [stranger, stage.storage]);
    await refuses(stage, "HWS_STORAGE_DENIED", /read and write permission/, ordinary);
    // Mended, the same deploy goes through.
    execFileSync("chown", ["0:0", stage.storage]);
    expect((await stage.hawser("deploy", "--ref", "v2")).exitCode).toBe(0);
    expect(await stage.invariants()).toEqual([]);
  },
);
