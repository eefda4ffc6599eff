import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import storageFs from "@hawser/storage-fs";
import { MemoryInstaller, startHttpFileServer, testDirectory } from "@hawser/testkit";
import { expect, it } from "vitest";
import { createEngine, type Engine, Secret, use } from "../../src/index.ts";
import { boot } from "../host/boot.ts";
import { shells } from "../host/shells.ts";
import { makeKey, principal } from "../signing/keys.ts";
import { ended, given, openProject } from "./fixtures/project.ts";

const secret = "planted: it's 100% {secret}";

/** The install command proves what it was given, and the check that it can be read through `current`. */
const plan = {
  install: [{ name: "use", run: 'printf "%s" "$HAWSER_SECRET_APP_KEY" > key', timeoutMs: 10_000 }],
  check: { command: "test -s key", timeoutMs: 5_000, stableMs: 0 },
};

it.each(shells)(
  "a new instance comes up through HTTPS with a login: signed, sealed, with secrets that were published ($name)",
  async ({ name, path }) => {
    await using server = await startHttpFileServer({
      tls: true,
      login: { user: "fleet", password: "planted-login" },
    });
    const folder = testDirectory("hawser-provision-");
    const identity = execFileSync("age-keygen", { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const recipient = execFileSync("age-keygen", ["-y"], { input: identity, encoding: "utf8" }).trim();
    const key = makeKey();
    writeFileSync(join(folder, "signers"), key.line);
    writeFileSync(join(folder, "identity"), identity, { mode: 0o600 });
    const authorization = `Basic ${Buffer.from("fleet:planted-login").toString("base64")}`;
    const project = await openProject({
      instances: 1,
      config: {
        root: join(folder, "srv/shop"),
        installer: given("installer", new MemoryInstaller(plan, { APP_KEY: new Secret(secret) })),
        storage: use(storageFs, {
          directory: server.directory,
          publicUrl: server.origin,
          headers: { Authorization: authorization },
          ca: server.authority,
        } as never),
        signing: { key: key.path, allowedSigners: join(folder, "signers"), principal },
        encryption: { recipients: [recipient], identity: join(folder, "identity") },
      },
    });
    // The instance of the deploy opens what is sealed, too.
    lay(project.root("web1"), identity);
    const engine: Engine = await createEngine(project.config, {
      baseDirectory: folder,
      cacheDirectory: join(folder, "cache"),
    });
    const { result } = await ended(engine.deploy());
    expect(result).toMatchObject({ ok: true });
    expect(await engine.publishSecrets()).toEqual({ names: ["APP_KEY"] });
    const { script } = await engine.provision({ secrets: "published" });

    const root = join(folder, "srv/shop");
    // Busybox's curl, age and ssh-keygen are this machine's own.
    if (name.startsWith("busybox"))
      for (const tool of ["curl", "age", "ssh-keygen", "openssl"])
        if (!existsSync(join(path, tool)))
          symlinkSync(
            execFileSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).trim(),
            join(path, tool),
          );
    lay(root, identity);
    const end = await boot(script.reveal(), { path });
    expect(end).toMatchObject({ status: 0 });
    expect(readFileSync(join(root, "current/index.html"), "utf8")).toBe("one");
    expect(readFileSync(join(root, "current/key"), "utf8")).toBe(secret);
    for (const planted of ["planted", authorization]) expect(end.log).not.toContain(planted);
    expect(
      server.requests().some(({ status, path: asked }) => status === 200 && asked.endsWith(".age")),
    ).toBe(true);

    // Another's identity opens nothing of it.
    const stranger = join(folder, "stranger");
    lay(stranger, execFileSync("age-keygen", { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
    const refused = await boot(script.reveal().replace(`root='${root}'`, `root='${stranger}'`), { path });
    expect(refused).toMatchObject({ status: 65 });
    expect(existsSync(join(stranger, "current"))).toBe(false);
  },
);

const lay = (root: string, identity: string): void => {
  mkdirSync(join(root, ".hawser/secrets"), { recursive: true });
  writeFileSync(join(root, ".hawser/secrets/identity"), identity, { mode: 0o600 });
};
