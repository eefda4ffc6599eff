import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { freePort, waitForPort } from "@hawser/testkit";
import { contentOf } from "./content.ts";
import type { Tarball } from "./tarballs.ts";

const program = join(homedir(), ".cache/hawser-tools/verdaccio-6.8.0/node_modules/verdaccio/bin/verdaccio");

/** A registry of npm packages with a folder of its own, until it is disposed. Anybody may publish; it asks no other registry. */
export interface Registry extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/`. */
  readonly url: string;
  publish(tarball: Tarball): Promise<void>;
  /** What is served of a package; undefined when there is none. */
  versions(name: string): Promise<readonly string[] | undefined>;
}

const config = `
storage: ./storage
auth: { htpasswd: { file: ./htpasswd } }
packages: { "**": { access: $all, publish: $anonymous } }
max_body_size: 50mb
web: { enable: false }
log: { type: stdout, format: json, level: warn }
`;

/** What npm sends when it publishes. */
const publication = async (tarball: Tarball, url: string): Promise<object> => {
  const { name, version } = tarball;
  const { manifest } = await contentOf(tarball);
  const bytes = await readFile(tarball.path);
  const file = basename(tarball.path);
  const dist = {
    tarball: `${url}${name}/-/${file}`,
    integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}`,
    shasum: createHash("sha1").update(bytes).digest("hex"),
  };
  return {
    _id: name,
    name,
    "dist-tags": { latest: version },
    versions: { [version]: { ...manifest, _id: `${name}@${version}`, dist } },
    _attachments: {
      [file]: {
        content_type: "application/octet-stream",
        data: bytes.toString("base64"),
        length: bytes.length,
      },
    },
  };
};

/** Starts verdaccio. */
export const startRegistry = async (): Promise<Registry> => {
  const directory = await mkdtemp(join(tmpdir(), "hawser-registry-"));
  const port = await freePort("127.0.0.1");
  const url = `http://127.0.0.1:${port}/`;
  await writeFile(join(directory, "config.yaml"), config);
  const argv = [program, "--config", join(directory, "config.yaml"), "--listen", `127.0.0.1:${port}`];
  const env = { PATH: process.env.PATH, HOME: directory };
  const server = spawn(process.execPath, argv, { cwd: directory, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [server.stdout, server.stderr])
    stream.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
  const packageUrl = (name: string) => `${url}${name.replace("/", "%2f")}`;
  const registry: Registry = {
    url,
    publish: async (tarball) => {
      const body = JSON.stringify(await publication(tarball, url));
      const headers = { "content-type": "application/json" };
      const answer = await fetch(packageUrl(tarball.name), { method: "PUT", headers, body });
      if (!answer.ok) throw new Error(`${tarball.name}: ${answer.status} ${await answer.text()} ${said}`);
    },
    versions: async (name) => {
      const answer = await fetch(packageUrl(name));
      if (answer.status === 404) return undefined;
      return Object.keys(((await answer.json()) as { readonly versions: object }).versions);
    },
    [Symbol.asyncDispose]: async () => {
      if (server.exitCode === null && server.signalCode === null) {
        const ended = once(server, "exit");
        server.kill("SIGKILL");
        await ended;
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
  try {
    const failed = () => (server.exitCode === null ? undefined : said);
    await waitForPort("127.0.0.1", port, failed, 60_000);
    return registry;
  } catch (error) {
    await registry[Symbol.asyncDispose]();
    throw error;
  }
};
