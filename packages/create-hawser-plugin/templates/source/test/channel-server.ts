import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export type Files = Readonly<Record<string, string>>;

const pack = async (files: Files): Promise<Buffer> => {
  const folder = await mkdtemp(join(tmpdir(), "channel-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const argv = ["-czf", "-", "-C", folder, ...Object.keys(files)];
    return (await promisify(execFile)("tar", argv, { encoding: "buffer" })).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** A download server with channels: a real one, on a random port of this machine. */
export const startChannelServer = async (token: string) => {
  const served = new Map<string, Buffer>();
  let requests = 0;
  const server = createServer(({ url = "", headers }, response) => {
    requests++;
    if (headers.authorization !== `Bearer ${token}`) response.writeHead(401).end();
    else response.writeHead(served.has(url) ? 200 : 404).end(served.get(url));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/shop`,
    requests: () => requests,
    /** Makes a channel name a version with these files. */
    publish: async (channel: string, version: string, files: Files) => {
      const archive = `shop-${version}.tar.gz`;
      const bytes = await pack(files);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      served.set(`/shop/${archive}`, bytes);
      served.set(`/shop/${channel}.json`, Buffer.from(JSON.stringify({ version, archive, sha256 })));
    },
    /** Makes a channel's file say what is given. */
    say: (channel: string, text: string) => served.set(`/shop/${channel}.json`, Buffer.from(text)),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
