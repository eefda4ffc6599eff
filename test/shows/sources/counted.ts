import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret, type Use } from "@hawser/core";
import { startToxicProxy } from "@hawser/testkit";

/** A source whose way to its server is counted. */
export interface Counted extends AsyncDisposable {
  readonly source: Use<"source">;
  /** What has gone either way so far, protocol and encryption included. */
  bytes(): number;
}

const place = /127\.\d+\.\d+\.\d+|localhost/;

/** Where the options of a source say that its server is. */
const serverOf = (options: Readonly<Record<string, unknown>>): { host: string; port: number } => {
  if (typeof options.port === "number") return { host: String(options.host), port: options.port };
  for (const value of Object.values(options)) {
    const [, host, port] = new RegExp(`(${place.source}):(\\d+)`).exec(String(value)) ?? [];
    if (host !== undefined) return { host, port: Number(port) };
  }
  throw new Error("the options name no server");
};

/** Puts a counting proxy before the server of a source. `folder`: a place for a known_hosts of its own. */
export const counted = async (source: Use<"source">, folder: string): Promise<Counted> => {
  const options = source.with as Readonly<Record<string, unknown>>;
  const server = serverOf(options);
  const proxy = await startToxicProxy(server);
  const moved = (text: string): string =>
    text.replaceAll(`${server.host}:${server.port}`, `${proxy.host}:${proxy.port}`);
  const through = (name: string, value: unknown): unknown => {
    if (name === "host") return proxy.host;
    if (name === "port") return proxy.port;
    if (name === "knownHosts") {
      const path = join(folder, "known_hosts");
      const text = readFileSync(String(value), "utf8");
      writeFileSync(
        path,
        text.replaceAll(`[${server.host}]:${server.port}`, `[${proxy.host}]:${proxy.port}`),
      );
      return path;
    }
    return typeof value === "string" && !Secret.is(value) ? moved(value) : value;
  };
  const changed = Object.entries(options).map(([name, value]) => [name, through(name, value)]);
  return {
    source: { use: source.use, with: Object.fromEntries(changed) },
    bytes: () => proxy.bytes.downstream + proxy.bytes.upstream,
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
};
