import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Fleet, type MachineOptions, startFleet, startWebInstance } from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const options: Record<number, MachineOptions> = {
  2: { shell: "busybox", without: ["curl", "flock"] },
  3: { shell: "bash", sizeBytes: 1024 * 1024, faketime: "-400d" },
  4: { readOnly: true, inodes: 50 },
};

describe("a fleet in namespaces", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet({ count: 4, isolation: "namespaces", each: (number) => options[number] ?? {} });
  });
  afterAll(() => fleet[Symbol.asyncDispose]());

  const ssh = (id: string, command: string): string => {
    const { address } = fleet.instances.find((each) => each.id === id)!;
    const files = ["-i", fleet.privateKey, "-o", `UserKnownHostsFile=${fleet.knownHosts}`];
    const strict = ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "ConnectTimeout=2"];
    return execFileSync("ssh", ["-F", "none", ...files, ...strict, `root@${address}`, "--", command], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  };

  test("every instance has its own name, address and deploy root at the same path", () => {
    for (const { id, folder, root } of fleet.instances.slice(0, 2)) {
      expect(root).toBe("/srv/app");
      expect(ssh(id, `hostname; hostname > ${root}/name`)).toBe(id);
      expect(readFileSync(join(folder, "name"), "utf8").trim()).toBe(id);
    }
  });

  test("an instance sees its own processes only", async () => {
    const { stdout } = await fleet.exec("web1", ["sh", "-c", "cat /proc/[0-9]*/comm"]);
    expect(stdout).toContain("sshd");
    expect(stdout).not.toContain("node");
  });

  test("the shell is the one asked for, and tools asked away are gone", () => {
    expect(ssh("web2", "ls --help 2>&1 | head -1")).toMatch(/^BusyBox/);
    expect(ssh("web2", "readlink /proc/$$/exe")).toMatch(/busybox/);
    const found = 'for tool in curl flock tar; do command -v "$tool" || :; done';
    expect(ssh("web2", found)).toMatch(/^\S*tar$/);
    expect(ssh("web3", "readlink /proc/$$/exe; sh -c 'echo $BASH_VERSION'")).toMatch(/\n\d/);
    expect(ssh("web1", "readlink /proc/$$/exe")).toMatch(/dash$/);
  });

  test("a clock is off where asked, and space, inodes and rights are short", () => {
    const now = Math.floor(Date.now() / 1000);
    expect(now - Number(ssh("web3", "date +%s"))).toBeGreaterThan(399 * 86_400);
    expect(ssh("web3", "dd if=/dev/zero of=/srv/app/x bs=1k count=2000 2>&1 | head -1")).toContain(
      "No space left",
    );
    expect(ssh("web4", "touch /srv/app/x 2>&1 || :")).toContain("Read-only");
    expect(ssh("web4", "df -i /srv/app | awk 'END { print $2 }'")).toBe("50");
  });

  test("a stopped instance answers nothing and comes back with its files and a new boot id", async () => {
    const bootId = ssh("web1", "echo kept > /srv/app/file; cat /proc/sys/kernel/random/boot_id");
    await fleet.stopInstance("web1");
    expect(() => ssh("web1", "true")).toThrow();
    await fleet.startInstance("web1");
    expect(ssh("web1", "cat /srv/app/file")).toBe("kept");
    expect(ssh("web1", "cat /proc/sys/kernel/random/boot_id")).not.toBe(bootId);
  });

  test("a partitioned instance is silent until it is healed, and so is one whose sshd is paused", async () => {
    await fleet.partition("web1");
    expect(() => ssh("web1", "true")).toThrow();
    await fleet.heal("web1");
    expect(ssh("web1", "echo back")).toBe("back");
    await fleet.pauseSshd("web1");
    expect(() => ssh("web1", "true")).toThrow();
    await fleet.resumeSshd("web1");
    expect(ssh("web1", "echo back")).toBe("back");
  });

  test("a killed sshd leaves other processes alone", async () => {
    const sleeper = fleet.spawn("web1", ["sleep", "60"]);
    await fleet.killSshd("web1");
    expect(() => ssh("web1", "true")).toThrow();
    await fleet.startSshd("web1");
    expect(ssh("web1", "cat /proc/[0-9]*/comm")).toContain("sleep");
    sleeper.kill("SIGKILL");
  });

  test("a web server serves the current release, whole within each request", async () => {
    const { folder } = fleet.instances[0]!;
    const switchTo = (release: string): void => {
      symlinkSync(`releases/${release}`, join(folder, "next"));
      renameSync(join(folder, "next"), join(folder, "current"));
    };
    for (const release of ["000001", "000002"])
      for (const file of ["release.txt", "public/release.txt"]) {
        mkdirSync(dirname(join(folder, "releases", release, file)), { recursive: true });
        writeFileSync(join(folder, "releases", release, file), `${release}\n`);
      }
    await using web = await startWebInstance(fleet, "web1");
    expect((await fetch(`${web.url}/health`)).status).toBe(503);
    switchTo("000001");
    expect((await fetch(`${web.url}/health`)).status).toBe(200);
    const during = fetch(`${web.url}/__release?gap=200`);
    const reading = await fetch(`${web.url}/release.txt`);
    expect(await reading.text()).toBe("000001\n");
    switchTo("000002");
    expect(await (await during).text()).toBe("000001 000001\n");
    const after = await fetch(`${web.url}/__release`);
    expect([await after.text(), after.headers.get("x-release")]).toEqual(["000002 000002\n", "000002"]);
    expect((await fetch(`${web.url}/../../../etc/passwd`)).status).toBe(404);
  });
});

test("what a fleet leaves behind whose owner died is cleared by the next start", async () => {
  const fleet = await startFleet({ count: 1 });
  const record = join(fleet.folder, "owner.json");
  const { owner, processes, ...rest } = JSON.parse(readFileSync(record, "utf8"));
  const bridge = `/sys/class/net/${rest.bridge}`;
  const holder = `/proc/${processes[0].pid}`;
  expect([existsSync(bridge), existsSync(holder)]).toEqual([true, true]);
  writeFileSync(record, JSON.stringify({ owner: { ...owner, start: "1" }, processes, ...rest }));
  await (await startFleet({ count: 0 }))[Symbol.asyncDispose]();
  expect([existsSync(fleet.folder), existsSync(bridge)]).toEqual([false, false]);
  await expect.poll(() => existsSync(holder), { timeout: 10_000 }).toBe(false);
});

test("without namespaces the instances are several sshd of this machine", async () => {
  await using fleet = await startFleet({ count: 2, isolation: "loopback" });
  const [one, two] = fleet.instances;
  expect(one!.address).toBe("127.0.0.1");
  expect(one!.port).not.toBe(two!.port);
  expect(one!.root).not.toBe(two!.root);
  await fleet.stopInstance(one!.id);
  await fleet.startInstance(one!.id);
});
