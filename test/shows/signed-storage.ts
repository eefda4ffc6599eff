import { createHash } from "node:crypto";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Storage } from "@hawser/core/plugin";
import storageFs from "@hawser/storage-fs";
import { type HttpFileServer, startHttpFileServer } from "@hawser/testkit";
import { packTree } from "../../packages/core/src/artifact/pack.ts";
import type { ReleaseRecord } from "../../packages/core/src/artifact/release-record.ts";
import { compressArtifact } from "../../packages/core/src/artifact/stored-form.ts";
import { Secret } from "../../packages/core/src/contracts/secret.ts";
import type { SshSignatures } from "../../packages/core/src/signing/signatures.ts";
import { Desired } from "../../packages/core/src/state/desired.ts";
import { applicationKeys, environmentKeys } from "../../packages/core/src/state/keys.ts";
import { Releases } from "../../packages/core/src/state/releases.ts";
import { type BootEnd, boot, scriptFor } from "../../packages/core/test/host/boot.ts";
import { callFunctions } from "../../packages/core/test/host/functions.ts";
import { context, type LiveHost, liveHost, shells } from "../../packages/core/test/host/shells.ts";
import { makeKey, signaturesOf, type TestKey } from "../../packages/core/test/signing/keys.ts";

export const application = "shop";
export const environment = "production";
const owner = { epoch: 1, application, environment };

/** A release as it is stored, and the keys of what it is made of. */
export interface StoredParts {
  readonly record: ReleaseRecord;
  readonly keys: {
    readonly record: string;
    readonly manifest: string;
    readonly form: string;
    readonly archive: string;
  };
}

/**
 * A signed storage in a folder, reached over HTTP, and one instance in another that trusts its key, runs the first release
 * and has accepted the first desired state. A second release is stored and desired, and has not arrived yet.
 */
export class SignedStorage implements AsyncDisposable {
  readonly key: TestKey = makeKey();
  readonly signatures: SshSignatures = signaturesOf([this.key]);
  readonly #folder: string;
  readonly #server: HttpFileServer;
  readonly storage: Storage;
  readonly releases: Releases;
  readonly desired: Desired;
  readonly first!: StoredParts;
  readonly second!: StoredParts;
  live!: LiveHost;

  private constructor(folder: string, server: HttpFileServer, storage: Storage) {
    this.#folder = folder;
    this.#server = server;
    this.storage = storage;
    this.releases = new Releases(storage, application, this.signatures);
    this.desired = new Desired(storage, application, environment, this.signatures);
  }

  static async open(): Promise<SignedStorage> {
    const folder = await mkdtemp(join(tmpdir(), "hawser-signed-"));
    const server = await startHttpFileServer();
    const directory = join(server.directory, "storage");
    const opened = new SignedStorage(
      folder,
      server,
      await storageFs.create({ directory }, undefined as never),
    );
    await opened.#begin();
    return opened;
  }

  get root(): string {
    return join(this.#folder, "srv");
  }

  /** The file of a key. */
  file(key: string): string {
    return join(this.#server.directory, "storage", key);
  }

  get desiredKey(): string {
    return environmentKeys(application, environment).desired;
  }

  /** What the instance is, in one text: a refusal leaves it as it was. */
  standing(): string {
    const trusted = join(this.root, ".hawser/trusted");
    const second = existsSync(join(this.root, "releases/000002")) ? "with" : "without";
    return [readlinkSync(join(this.root, "current")), readFileSync(trusted, "utf8"), second].join(" ");
  }

  async #begin(): Promise<void> {
    const parts = [await this.store({ "index.html": "one\n", "lib/a": "a".repeat(3000) })];
    await this.want(parts[0]!, 0);
    this.live = await liveHost(this.root);
    await this.live.host.trust({ ...owner, trust: this.signatures.trust }, context());
    await this.arrive(parts[0]!);
    parts.push(await this.store({ "index.html": "two\n", "lib/a": "a".repeat(3000), "lib/b": "b" }));
    await this.want(parts[1]!, 1);
    Object.assign(this, { first: parts[0], second: parts[1] });
  }

  /** Packs and stores a release, signed. */
  async store(files: Readonly<Record<string, string>>): Promise<StoredParts> {
    const work = await mkdtemp(join(this.#folder, "tree-"));
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(work, "tree", name, ".."), { recursive: true });
      await writeFile(join(work, "tree", name), text);
    }
    const [directory, output] = [join(work, "tree"), join(work, "artifact.tar")];
    const packed = await packTree({ directory, output, created: 1_764_000_000 }, context());
    const path = `${output}.gz`;
    const stored = await compressArtifact({ path: output, output: path }, context());
    await this.releases.putArtifact({ digest: packed.digest, form: "tar.gz", path, ...stored }, context());
    await this.releases.putManifest(packed.manifest.bytes, context());
    const { record } = await this.releases.allocate(
      (id) => ({
        id,
        application,
        revision: { id: `r${id}`, exact: true },
        artifact: packed.digest,
        artifactBytes: packed.sizeBytes,
        manifest: packed.manifest.digest,
        manifestBytes: packed.manifest.bytes.length,
        entries: packed.manifest.entries.length,
        filesBytes: packed.manifest.filesBytes,
        created: 1_764_000_000,
      }),
      context(),
    );
    const keys = applicationKeys(application);
    return {
      record,
      keys: {
        record: keys.release(record.id),
        manifest: keys.manifest(record.manifest),
        form: keys.form(record.artifact, "tar.gz"),
        archive: keys.bytes(record.artifact, stored.sha256),
      },
    };
  }

  /** Moves the desired state to a release. */
  async want({ record }: StoredParts, expectVersion: number): Promise<void> {
    const plan = `sha256-${createHash("sha256").update("a plan").digest("hex")}`;
    const to = {
      epoch: 1,
      release: record.id,
      manifest: record.manifest,
      plan,
      previous: null,
      run: "000001",
    };
    await this.desired.move({ to: { ...to, updated: 1_764_000_000 }, expectVersion, epoch: 1 }, context());
  }

  /** Everything that a deployer reads of a release; throws when anything of it is not as it was stored. */
  async read({ record }: StoredParts): Promise<void> {
    await this.desired.read(context());
    const found = await this.releases.get(record.id, context());
    await this.releases.getManifest(found!.record.manifest, context());
    const { stream } = await this.releases.getArtifact(found!.record.artifact, context());
    for await (const _ of stream);
  }

  /**
   * What an instance does with a release when nobody vouches for it but signatures: the desired state, the form's record,
   * then the archive over HTTP. The bytes are as they lie in storage.
   */
  async arrive(parts: StoredParts): Promise<void> {
    await this.live.host.desired({ epoch: 1, bytes: readFileSync(this.file(this.desiredKey)) }, context());
    const form = await this.readForm(parts.keys.form);
    await this.live.host.stage(
      {
        ...owner,
        release: parts.record.id,
        method: "full",
        record: readFileSync(this.file(parts.keys.record)),
        manifest: { form: "full", gzip: gzipSync(readFileSync(this.file(parts.keys.manifest))) },
        archive: {
          form: "tar.gz",
          ...form,
          from: { url: new Secret(`${this.#server.origin}/storage/${parts.keys.archive}`), limitMs: 10_000 },
        },
      },
      context(),
    );
    const { id: release } = parts.record;
    await this.live.host.seal({ epoch: 1, release }, context());
    await this.live.host.activate({ epoch: 1, release }, context());
  }

  /** Boots a new machine, which has nothing but its boot script and this storage; what became of it. */
  async newcomer(): Promise<BootEnd & { readonly current: string | undefined }> {
    const root = join(await mkdtemp(join(this.#folder, "new-")), "srv");
    const script = scriptFor(root, join(this.#server.directory, "storage"), { trust: this.signatures.trust });
    const end = await boot(script, { path: shells[0]!.path });
    const current = join(root, "current");
    return { ...end, current: existsSync(current) ? readlinkSync(current) : undefined };
  }

  /** The record of a form by the host program's own check; its message on standard output is the refusal. */
  async readForm(key: string): Promise<{ sizeBytes: number; sha256: string }> {
    const work = await mkdtemp(join(this.#folder, "work-"));
    const lines = `work='${work}'; check_signed '${this.file(key)}' hawser-form@v1 && cat "$work/signed.text"`;
    const { stdout } = await callFunctions(shells[0]!.path, lines, { root: this.root });
    const [, size] = /^size: (\d+)$/m.exec(stdout) ?? [];
    const [, sha256] = /^digest: ([0-9a-f]{64})$/m.exec(stdout) ?? [];
    if (size === undefined || sha256 === undefined) throw new Error(stdout);
    return { sizeBytes: Number(size), sha256 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.live?.[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
