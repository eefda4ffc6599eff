import { existsSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeKey, signaturesOf } from "../signing/keys.ts";
import { boot, scriptFor } from "./boot.ts";
import { shells } from "./shells.ts";
import { storedEnvironment } from "./stored-environment.ts";
import { folder } from "./trees.ts";

const key = makeKey();
const hour = 3600;
const now = (): number => Math.floor(Date.now() / 1000);
const current = (root: string): string | undefined =>
  existsSync(join(root, "current")) ? readlinkSync(join(root, "current")) : undefined;

/** An environment whose desired states count for an hour, and a machine that trusts its key. */
const world = async (path: string) => {
  const environment = await storedEnvironment(signaturesOf([key], { lifetimeSeconds: hour }));
  const root = join(folder(), "srv/shop");
  const settings = { trust: environment.signatures.trust };
  return {
    root,
    desire: async (id: string, updated: number) =>
      await environment.desire(
        id,
        { a: id },
        { activate: [{ name: "start", run: "echo x >> ../../started", timeoutMs: 10_000 }] },
        1,
        updated,
      ),
    boot: async () =>
      await boot(scriptFor(root, environment.directory, settings), { path: `${path}:/usr/bin` }),
  };
};

describe.each(shells)("a desired state that counts for a time, under $name", ({ path }) => {
  test("is activated while it counts, also by a clock that is five minutes ahead", async () => {
    const { root, ...machine } = await world(path);
    await machine.desire("000001", now() - hour - 60);
    expect(await machine.boot()).toMatchObject({ status: 0 });
    expect(current(root)).toBe("releases/000001");
  });

  test("is never activated by a new machine when it counts no more, which says until when it counted and what to do", async () => {
    const { root, ...machine } = await world(path);
    await machine.desire("000001", 1_700_000_000);
    const end = await machine.boot();
    expect(end).toMatchObject({ status: 75 });
    expect(end.log).toContain("HWS_HOST_EXPIRED");
    expect(end.log).toContain("counted until 2023-11-14T23:13:20Z, and the clock of this machine says 20");
    expect(end.log).toContain("hawser sign");
    expect(current(root)).toBeUndefined();
    await machine.desire("000002", now());
    expect(await machine.boot()).toMatchObject({ status: 0 });
    expect(current(root)).toBe("releases/000002");
  });

  test("is not activated by a machine that runs another release, which keeps that", async () => {
    const { root, ...machine } = await world(path);
    await machine.desire("000001", now());
    expect(await machine.boot()).toMatchObject({ status: 0 });
    await machine.desire("000002", now() - 3 * hour);
    const end = await machine.boot();
    expect(end).toMatchObject({ status: 75 });
    expect(end.log).toContain("it keeps release 000001");
    expect(current(root)).toBe("releases/000001");
  });

  test("is served on with a warning by a machine that runs it, also after a reboot", async () => {
    const { root, ...machine } = await world(path);
    await machine.desire("000001", now());
    expect(await machine.boot()).toMatchObject({ status: 0 });
    // The same release, said again long ago by the clock of who reads it now.
    await machine.desire("000001", now() - 3 * hour);
    rmSync(join(root, ".hawser/ready"));
    const end = await machine.boot();
    expect(end).toMatchObject({ status: 0 });
    expect(end.log).toContain("warning: the desired state (version 2) counted until");
    expect(readFileSync(join(root, "started"), "utf8")).toBe("x\nx\n");
  });

  test("is not judged by a clock that stands before its signing: the machine says that its clock is wrong", async () => {
    const { root, ...machine } = await world(path);
    await machine.desire("000001", now() + 2 * hour);
    const end = await machine.boot();
    expect(end).toMatchObject({ status: 75 });
    expect(end.log).toContain("cannot be told before the clock is set");
    expect(current(root)).toBeUndefined();
  });
});
