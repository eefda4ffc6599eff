import { describeSource, type SourceTrial, startHttpFileServer } from "@hawser/testkit";
import type { HttpSourceOptions } from "../src/index.ts";
import { login, open, packed, publish } from "./trial.ts";

interface Variant {
  readonly name: string;
  readonly options: (origin: string, authority: string | undefined) => HttpSourceOptions;
  readonly file: string;
  readonly tls?: boolean;
  readonly guarded?: boolean;
  readonly lines?: readonly string[];
  readonly missingRef?: string;
}

const at = (name: string) => (origin: string) => ({ url: `${origin}/${name}` });

const variants: readonly Variant[] = [
  { name: "a tar.gz, by its ETag", file: "app.tar.gz", options: at("app.tar.gz") },
  { name: "a tar", file: "app.tar", options: at("app.tar") },
  { name: "a tar.zst", file: "app.tar.zst", options: at("app.tar.zst") },
  { name: "a zip", file: "app.zip", options: at("app.zip") },
  {
    name: "over TLS with credentials",
    file: "app.tar.gz",
    tls: true,
    guarded: true,
    options: (origin, ca) => ({ url: `${origin}/app.tar.gz`, ...login, ...(ca !== undefined && { ca }) }),
  },
  {
    name: "by its time",
    file: "app.tar.gz",
    lines: ["etag off;"],
    options: at("app.tar.gz"),
  },
  {
    name: "by its bytes",
    file: "app.tar.gz",
    lines: ["etag off;", "if_modified_since off;", "add_header Last-Modified '';"],
    options: at("app.tar.gz"),
  },
  {
    name: "a ref in the URL",
    file: "app-v1.tar.gz",
    missingRef: "v2",
    options: (origin) => ({ url: `${origin}/app-{ref}.tar.gz`, ref: "v1" }),
  },
  {
    name: "one file",
    file: "page.html",
    options: (origin) => ({ url: `${origin}/page.html`, file: "index.html" }),
  },
];

const create = async (variant: Variant): Promise<SourceTrial> => {
  const { file, tls = false, lines = [] } = variant;
  const server = await startHttpFileServer({
    tls,
    lines,
    ...(variant.guarded === true && { login: { user: login.username, password: login.password.reveal() } }),
  });
  const ending = /\.(?:tar(?:\.\w+)?|zip)$/.exec(file)?.[0];
  let tree: Readonly<Record<string, string>> = {};
  let count = 0;
  const change = async () => {
    count += 1;
    // Every state has another length: nginx makes its tag of time and length.
    const text = "x".repeat(count * 1000);
    tree = ending === undefined ? { "index.html": text } : { "index.html": text, "a/b.txt": "same" };
    publish(server.directory, file, ending === undefined ? text : packed(tree, ending));
  };
  await change();
  return {
    source: await open(variant.options(server.origin, server.authority)),
    tree: async () => tree,
    change,
    missingRef: variant.missingRef ?? "main",
    contacts: () => server.requests().length,
    secrets: [login.password.reveal()],
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};

for (const variant of variants)
  describeSource(`source-http, ${variant.name}`, { create: () => create(variant) });
