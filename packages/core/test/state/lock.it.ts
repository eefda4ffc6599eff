import { fileURLToPath } from "node:url";
import { type ScriptProcess, startScript } from "@hawser/testkit";
import { expect, onTestFinished, test } from "vitest";
import { Desired } from "../../src/state/desired.ts";
import { Lock } from "../../src/state/lock.ts";
import { code, fsStorage, operation, storageDirectory } from "./storages.ts";

const context = operation();
const script = fileURLToPath(new URL("./fixtures/hold-lock.ts", import.meta.url));

function startOwner(directory: string, ttlMs: number): ScriptProcess {
  const owner = startScript(script, { DIRECTORY: directory, TTL_MS: String(ttlMs) });
  onTestFinished(() => owner.kill());
  return owner;
}

test("an owner that was killed is replaced at once, however long its ttl", async () => {
  const directory = await storageDirectory();
  const owner = startOwner(directory, 600_000);
  await owner.shown("held 1");
  const lock = new Lock(await fsStorage(directory), "shop", "production", { ttlMs: 600_000 });
  await expect(lock.acquire({ verb: "deploy", waitMs: 0 }, context)).rejects.toEqual(code("HWS_LOCK_BUSY"));
  await owner.kill();
  const held = await lock.acquire({ verb: "deploy", waitMs: 0 }, context);
  expect(held.epoch).toBe(2);
  await held.release(context);
});

test("an owner that was stopped past its ttl is replaced, and is fenced when it goes on", async () => {
  const directory = await storageDirectory();
  const owner = startOwner(directory, 800);
  await owner.shown("held 1");
  owner.child.kill("SIGSTOP");
  const storage = await fsStorage(directory);
  const waits: string[] = [];
  const lock = new Lock(storage, "shop", "production", { ttlMs: 800 });
  const onWait = ({ id }: { id: string }) => void waits.push(id);
  const held = await lock.acquire({ verb: "deploy", waitMs: 60_000, onWait }, context);
  expect(held.epoch).toBe(2);
  expect(waits).toHaveLength(1);
  owner.child.kill("SIGCONT");
  await owner.shown("ended HWS_LOCK_FENCED");
  await held.confirm(context, { giveUpMs: 5_000 });
  const digest = `sha256-${"a".repeat(64)}`;
  const to = { release: "000002", manifest: digest, plan: digest, previous: null, run: "000002", updated: 1 };
  const desired = new Desired(storage, "shop", "production");
  await desired.move({ to: { ...to, epoch: 2 }, expectVersion: 0, epoch: 2 }, context);
  const stale = { to: { ...to, release: "000001", epoch: 1 }, expectVersion: 1, epoch: 1 };
  await expect(desired.move(stale, context)).rejects.toEqual(code("HWS_STATE_FENCED"));
  await held.release(context);
});

test("of several processes that start at once exactly one holds the lock, killed after killed", async () => {
  const directory = await storageDirectory();
  for (let round = 1; round <= 3; round++) {
    const owners = Array.from({ length: 5 }, () => startOwner(directory, 600_000));
    // A loser may have ended before the winner says so.
    const first = await Promise.any(owners.map((owner) => owner.shown("held")));
    expect(first).toBe(`held ${round}`);
    const others = owners.filter(({ lines }) => lines.length === 0 || !lines[0]?.startsWith("held"));
    await Promise.all(others.map((owner) => owner.shown("ended HWS_LOCK_BUSY")));
    expect(owners.filter(({ lines }) => lines[0]?.startsWith("held"))).toHaveLength(1);
    await Promise.all(owners.map((owner) => owner.kill()));
  }
});
