import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeKey, signaturesOf } from "../signing/keys.ts";
import { boot, scriptFor } from "./boot.ts";
import { shells } from "./shells.ts";
import { type StoredEnvironment, storedEnvironment } from "./stored-environment.ts";
import { folder } from "./trees.ts";

const { path } = shells[0]!;
const place = (): string => join(folder(), "srv/shop");
const current = (root: string): string | undefined =>
  existsSync(join(root, "current")) ? readlinkSync(join(root, "current")) : undefined;
const left = (root: string): string[] =>
  readdirSync(join(root, ".hawser/staging")).filter((name) => name.startsWith("provision."));

/** Every object whose key begins so. */
const objects = ({ directory }: StoredEnvironment, prefix: string): string[] =>
  readdirSync(join(directory, prefix), { recursive: true, withFileTypes: true, encoding: "utf8" })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const flip = (file: string): void => {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(file, bytes);
};

describe("storage that is away", () => {
  test("is waited for, and the machine comes up when it is back", async () => {
    const environment = await storedEnvironment();
    await environment.desire("000001", { a: "one" });
    const { directory } = environment;
    renameSync(directory, `${directory}.away`);
    const root = place();
    const booted = boot(scriptFor(root, directory), { path });
    setTimeout(() => renameSync(`${directory}.away`, directory), 1_500);
    const end = await booted;
    expect(end).toMatchObject({ status: 0 });
    expect(end.log).toContain("waiting: the desired state could not be read");
    expect(current(root)).toBe("releases/000001");
  });

  test("ends the script with 75 when its patience is over, and nothing is active", async () => {
    const root = place();
    const end = await boot(scriptFor(root, "/nowhere/storage", { waitMs: 1_000 }), { path });
    expect(end).toMatchObject({ status: 75 });
    expect(end.log).toContain("it holds no release");
    expect(current(root)).toBeUndefined();
    expect(left(root)).toEqual([]);
  });

  test("an environment in which nothing was deployed yet is waited for, too", async () => {
    const { directory } = await storedEnvironment();
    mkdirSync(directory);
    const end = await boot(scriptFor(place(), directory, { waitMs: 1_000 }), { path });
    expect(end).toMatchObject({ status: 75 });
  });
});

describe("what cannot be verified", () => {
  const damaged = ["shop/artifacts", "shop/manifests", "shop/plans", "shop/releases"] as const;

  test.each(damaged)(
    "one bit flipped in every object of %s: refused with 65, and the machine keeps what it has",
    async (prefix) => {
      const environment = await storedEnvironment(signaturesOf([makeKey()]));
      const root = place();
      await environment.desire("000001", { a: "one" });
      const settings = { trust: environment.signatures.trust };
      expect(await boot(scriptFor(root, environment.directory, settings), { path })).toMatchObject({
        status: 0,
      });
      const before = new Set(objects(environment, prefix));
      await environment.desire("000002", { a: "two", b: "more" }, { env: { SECOND: "yes" } }, 2);
      for (const file of objects(environment, prefix)) if (!before.has(file)) flip(file);
      const end = await boot(scriptFor(root, environment.directory, settings), { path });
      expect(end).toMatchObject({ status: 65 });
      expect(end.log).toContain("it keeps release 000001");
      expect(current(root)).toBe("releases/000001");
      expect(existsSync(join(root, "releases/000002"))).toBe(false);
      expect(left(root)).toEqual([]);
    },
  );

  test("a desired state that nobody signed is refused where keys are trusted", async () => {
    const environment = await storedEnvironment();
    await environment.desire("000001", { a: "one" });
    const root = place();
    const { trust } = signaturesOf([makeKey()]);
    const end = await boot(scriptFor(root, environment.directory, { trust }), { path });
    expect(end).toMatchObject({ status: 65 });
    expect(end.log).toContain("is not signed");
    expect(current(root)).toBeUndefined();
  });

  test("a desired state older than the script's is refused", async () => {
    const environment = await storedEnvironment();
    await environment.desire("000001", { a: "one" });
    const end = await boot(scriptFor(place(), environment.directory, { minimumVersion: 2 }), { path });
    expect(end).toMatchObject({ status: 65 });
    expect(end.log).toContain("was made for 2 or newer");
  });

  test("a script that was damaged runs nothing of its program", async () => {
    const script = scriptFor(place(), "/nowhere").replace(
      "bringing $p_application",
      "bringing $p_applicatiom",
    );
    expect(await boot(script, { path })).toMatchObject({
      status: 65,
      log: expect.stringContaining("damaged"),
    });
  });
});

describe("commands that fail", () => {
  test("an install command that fails leaves the release inactive", async () => {
    const environment = await storedEnvironment();
    const failing = { name: "warm", run: "echo said; exit 7", timeoutMs: 5_000 };
    await environment.desire("000001", { a: "one" }, { install: [failing] });
    const root = place();
    const end = await boot(scriptFor(root, environment.directory), { path });
    expect(end).toMatchObject({ status: 1 });
    expect(end.log).toMatch(/said\n.*install warm ended with 7/s);
    expect(current(root)).toBeUndefined();
    // The next try begins with a clean release.
    await environment.desire("000001", { a: "one" }, { install: [{ ...failing, run: "touch made" }] });
    expect(await boot(scriptFor(root, environment.directory), { path })).toMatchObject({ status: 0 });
    expect(existsSync(join(root, "current/made"))).toBe(true);
  });

  test("a machine whose check fails is never ready, and nobody is told", async () => {
    const environment = await storedEnvironment();
    const check = { command: "false", timeoutMs: 300, stableMs: 0 };
    await environment.desire("000001", { a: "one" }, { check });
    const root = place();
    const end = await boot(scriptFor(root, environment.directory, { ready: ["touch ../../joined"] }), {
      path,
    });
    expect(end).toMatchObject({ status: 1 });
    expect(end.log).toContain("the health check failed");
    expect(existsSync(join(root, "joined"))).toBe(false);
    expect(existsSync(join(root, ".hawser/ready"))).toBe(false);
  });
});

describe("a machine that has a release", () => {
  const counted = { activate: [{ name: "start", run: "echo started >> ../../starts", timeoutMs: 5_000 }] };

  test("converges to what is desired by now, and starts nothing twice in one boot", async () => {
    const environment = await storedEnvironment();
    await environment.desire("000001", { a: "one" }, counted);
    const root = place();
    const script = scriptFor(root, environment.directory);
    expect(await boot(script, { path })).toMatchObject({ status: 0 });
    expect(await boot(script, { path })).toMatchObject({ status: 0 });
    expect(readFileSync(join(root, "starts"), "utf8")).toBe("started\n");
    await environment.desire("000002", { a: "two" }, counted, 2);
    expect(await boot(script, { path })).toMatchObject({ status: 0 });
    expect(current(root)).toBe("releases/000002");
    expect(readFileSync(join(root, "starts"), "utf8")).toBe("started\nstarted\n");
  });

  test("starts it again after a reboot", async () => {
    const environment = await storedEnvironment();
    await environment.desire("000001", { a: "one" }, counted);
    const root = place();
    const script = scriptFor(root, environment.directory);
    expect(await boot(script, { path })).toMatchObject({ status: 0 });
    writeFileSync(
      join(root, ".hawser/ready"),
      readFileSync(join(root, ".hawser/ready"), "utf8").replace(/\S+$/m, "before"),
    );
    expect(await boot(script, { path })).toMatchObject({ status: 0 });
    expect(readFileSync(join(root, "starts"), "utf8")).toBe("started\nstarted\n");
  });

  test("keeps what a run has activated under a later epoch", async () => {
    const environment = await storedEnvironment();
    const root = place();
    await environment.desire("000001", { a: "one" });
    expect(await boot(scriptFor(root, environment.directory), { path })).toMatchObject({ status: 0 });
    await environment.desire("000002", { a: "two" }, {}, 2);
    // A run of epoch 9 works here, and has published nothing yet.
    writeFileSync(join(root, ".hawser/epoch"), "9\n");
    const end = await boot(scriptFor(root, environment.directory), { path });
    expect(end).toMatchObject({ status: 0 });
    expect(current(root)).toBe("releases/000001");
    expect(end.log).toContain("was activated under epoch 9");
  });
});

describe("secrets", () => {
  const plan = {
    secrets: ["APP_KEY"],
    install: [{ name: "use", run: 'printf "%s" "$HAWSER_SECRET_APP_KEY" > key', timeoutMs: 5_000 }],
  };

  test.each(shells)("come from a file that the image laid, or from its command ($name)", async ({ path }) => {
    const environment = await storedEnvironment();
    await environment.desire("000001", { a: "one" }, plan);
    const [laid, commanded] = [place(), place()];
    mkdirSync(join(laid, ".hawser/secrets"), { recursive: true });
    writeFileSync(join(laid, ".hawser/secrets/APP_KEY"), "it's 100%\\n ü\nsecond\n");
    expect(await boot(scriptFor(laid, environment.directory), { path })).toMatchObject({ status: 0 });
    expect(readFileSync(join(laid, "current/key"), "utf8")).toBe("it's 100%\\n ü\nsecond");
    const secretsCommand = 'echo "value of $HAWSER_SECRET_NAME"';
    const end = await boot(scriptFor(commanded, environment.directory, { secretsCommand }), { path });
    expect(end).toMatchObject({ status: 0 });
    expect(readFileSync(join(commanded, "current/key"), "utf8")).toBe("value of APP_KEY");
    expect(end.log).not.toContain("value of");
    expect(left(commanded)).toEqual([]);
  });

  test("that a machine cannot obtain end the script with 2 before anything is fetched", async () => {
    const environment = await storedEnvironment();
    await environment.desire("000001", { a: "one" }, plan);
    const root = place();
    const end = await boot(scriptFor(root, environment.directory), { path });
    expect(end).toMatchObject({ status: 2 });
    expect(end.log).toContain("cannot obtain the secret APP_KEY");
    expect(readdirSync(join(root, "releases"))).toEqual([]);
  });
});
