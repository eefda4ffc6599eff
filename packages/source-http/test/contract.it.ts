import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describeSource, type HttpFileServer, type SourceTrial, startHttpFileServer } from "@hawser/testkit";
import { afterAll, beforeAll, describe } from "vitest";
import type { HttpSourceOptions } from "../src/index.ts";
import { login, open, packed, publish } from "./trial.ts";

interface Variant {
  readonly name: string;
  readonly file: string;
  /** @param folder the URL of the folder that holds the file. */
  readonly options: (folder: string, authority: string | undefined) => HttpSourceOptions;
  readonly tls?: boolean;
  readonly lines?: readonly string[];
  readonly missingRef?: string;
}

const at = (name: string) => (folder: string) => ({ url: `${folder}/${name}` });

const variants: readonly Variant[] = [
  { name: "a tar.gz, by its ETag", file: "app.tar.gz", options: at("app.tar.gz") },
  {
    name: "a zip, over TLS with credentials",
    file: "app.zip",
    tls: true,
    options: (folder, ca = "") => ({ url: `${folder}/app.zip`, ...login, ca }),
  },
  { name: "a tar.zst, by its time", file: "app.tar.zst", lines: ["etag off;"], options: at("app.tar.zst") },
  {
    name: "a tar, by its bytes alone",
    file: "app.tar",
    lines: ["etag off;", "add_header Last-Modified '';"],
    options: at("app.tar"),
  },
  {
    name: "a ref in the URL",
    file: "app-v1.tar.gz",
    missingRef: "v2",
    options: (folder) => ({ url: `${folder}/app-{ref}.tar.gz`, ref: "v1" }),
  },
  {
    name: "one file",
    file: "page.html",
    options: (folder) => ({ url: `${folder}/page.html`, file: "index.html" }),
  },
];

let trials = 0;

/** A folder of the server for one trial, which nobody else changes. */
const createOn = async (server: HttpFileServer, variant: Variant): Promise<SourceTrial> => {
  const { file, missingRef = "main" } = variant;
  trials += 1;
  const folder = `trial-${trials}`;
  mkdirSync(join(server.directory, folder));
  const ending = /\.(?:tar(?:\.\w+)?|zip)$/.exec(file)?.[0];
  let tree: Readonly<Record<string, string>> = {};
  let count = 0;
  const change = async () => {
    count += 1;
    // Every state has another length: nginx makes its tag of time and length.
    const text = randomBytes(count * 1000).toString("hex");
    tree = ending === undefined ? { "index.html": text } : { "index.html": text, "a/b.txt": "same" };
    publish(join(server.directory, folder), file, ending === undefined ? text : packed(tree, ending));
  };
  await change();
  return {
    source: await open(variant.options(`${server.origin}/${folder}`, server.authority)),
    tree: async () => tree,
    change,
    missingRef,
    contacts: () => server.requests().filter(({ path }) => path.startsWith(`/${folder}/`)).length,
    secrets: [login.password.reveal()],
    [Symbol.asyncDispose]: async () => {},
  };
};

describe.each(variants)("$name", (variant) => {
  let server: HttpFileServer;
  beforeAll(async () => {
    const { tls = false, lines = [] } = variant;
    const { username: user, password } = login;
    server = await startHttpFileServer({
      tls,
      lines,
      ...(tls && { login: { user, password: password.reveal() } }),
    });
  });
  afterAll(() => server[Symbol.asyncDispose]());
  describeSource("source-http", { create: () => createOn(server, variant) });
});
