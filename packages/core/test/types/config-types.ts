import { defineConfig, definePlugin, type Plugin, use } from "../../src/index.ts";

interface GitOptions {
  readonly url: string;
  readonly depth?: number;
}

declare const create: never;

const git: Plugin<"source", GitOptions> = definePlugin({
  kind: "source",
  name: "git",
  schema: {
    type: "object",
    properties: { url: { type: "string" }, depth: { type: "integer" } },
    required: ["url"],
    additionalProperties: false,
  },
  create,
});
const files: Plugin<"storage", { readonly directory: string }> = definePlugin({
  kind: "storage",
  name: "files",
  schema: { type: "object", properties: { directory: { type: "string" } }, additionalProperties: false },
  create,
});

// Plugins and their names stand side by side, as do environments that override or remove.
defineConfig({
  app: "shop",
  source: use(git, { url: "https://example.org/shop.git", depth: 1 }),
  storage: { use: "@hawser/storage-fs", with: { directory: "/srv/store" } },
  loadBalancer: { web: { use: "@hawser/lb-haproxy", roles: ["web"] } },
  environments: { live: { loadBalancer: null, storage: use(files, { directory: "/srv" }) } },
});

// @ts-expect-error a source is no storage
defineConfig({ app: "shop", storage: use(git, { url: "x" }) });

// @ts-expect-error a storage is no source, in an environment too
defineConfig({ app: "shop", environments: { live: { source: use(files, { directory: "x" }) } } });

// @ts-expect-error there is no option `dept`
use(git, { url: "x", dept: 1 });

// @ts-expect-error the option `url` is missing
use(git, { depth: 1 });

// @ts-expect-error an option of the wrong type
use(git, { url: 1 });

// @ts-expect-error there is no block `stroage`
defineConfig({ app: "shop", stroage: {} });

// @ts-expect-error a config has an application
defineConfig({ root: "/srv/shop" });

// @ts-expect-error a share of the fleet is a number or a percentage
defineConfig({ app: "shop", rollout: { waves: [true] } });

// @ts-expect-error there is no such way to drain
defineConfig({ app: "shop", rollout: { drain: "sometimes" } });

// @ts-expect-error a plugin of an unknown kind
definePlugin({ kind: "sauce", name: "x", schema: git.schema, create });
