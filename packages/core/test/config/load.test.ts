import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig, Secret } from "../../src/index.ts";
import { blocks, minimal, project } from "./project.ts";

describe("loading a config", () => {
  it("makes the normal form of a YAML file with every default", async () => {
    const { directory, load } = project({ "hawser.yaml": minimal });
    expect(await load("hawser.yaml")).toMatchObject({
      application: "shop",
      environment: "",
      root: "/srv/shop",
      keep: { instances: 5, storage: 5 },
      storage: { specifier: "./plugins/storage.js", options: { directory: "/srv/store" } },
      loadBalancers: {},
      listeners: [],
      steps: {},
      concurrency: 32,
      rollout: { maxUnavailable: "25%", minHealthy: 0, waves: ["100%"], drain: "auto", unreachable: "abort" },
      lock: { ttlMs: 60_000 },
      confirm: false,
      baseDirectory: directory,
    });
  });

  it("takes an object with plugins in place of their names", async () => {
    const plugin = (kind: "source" | "storage" | "transport" | "installer" | "inventory") => ({
      use: {
        apiVersion: 1,
        kind,
        name: `own-${kind}`,
        schema: { type: "object", properties: {}, additionalProperties: false },
        create: () => ({}),
      },
    });
    const config = await loadConfig({
      config: {
        app: "shop",
        source: plugin("source"),
        storage: plugin("storage"),
        transport: plugin("transport"),
        installer: plugin("installer"),
        inventory: plugin("inventory"),
      },
      baseDirectory: "/tmp",
    });
    expect(config.source.plugin.name).toBe("own-source");
    expect(config.source.specifier).toBe("own-source");
  });

  it("reads the same from YAML, JSON and JavaScript", async () => {
    const data = {
      app: "shop",
      ...Object.fromEntries(
        ["source", "storage", "transport", "installer", "inventory"].map((kind) => [
          kind,
          { use: `./plugins/${kind}.js`, with: { port: 7 } },
        ]),
      ),
    };
    const text = JSON.stringify(data);
    const { load } = project({
      "hawser.yaml": text,
      "hawser.json": text,
      "hawser.config.js": `export default ${text};`,
    });
    const plain = async (name: string) => JSON.stringify(await load(name));
    expect(await plain("hawser.json")).toBe(await plain("hawser.yaml"));
    expect(await plain("hawser.config.js")).toBe(await plain("hawser.yaml"));
  });

  it("hands a config in TypeScript to the loader that was given", async () => {
    const { directory, load, write } = project({ "hawser.yaml": "extends: ./base.ts\n" });
    write("base.ts", "");
    const seen: string[] = [];
    const { parse } = await import("yaml");
    const config = await load("hawser.yaml", {
      loadModule: async (file) => {
        seen.push(file);
        return { default: parse(minimal) };
      },
    });
    expect(seen).toEqual([join(directory, "base.ts")]);
    expect(config.application).toBe("shop");
  });

  it("finds plugins from the folder of the config, whatever the working directory", async () => {
    const { load, write } = project({ "hawser.yaml": minimal.replace("./plugins/source.js", "acme-source") });
    write(
      "node_modules/acme-source/package.json",
      '{"name":"acme-source","type":"module","exports":"./main.js"}',
    );
    const { readFileSync } = await import("node:fs");
    const { directory } = { directory: write("x", "").slice(0, -2) };
    write("node_modules/acme-source/main.js", readFileSync(join(directory, "plugins/source.js"), "utf8"));
    expect((await load("hawser.yaml")).source.plugin.name).toBe("test-source");
  });

  it("makes a relative path of a path option absolute, from the file that says it", async () => {
    const { directory, load } = project({
      "base/base.yaml": "source: { use: ../plugins/source.js, with: { key: ./id, directory: ./plain } }\n",
      "hawser.yaml": `extends: base/base.yaml\n${minimal.replace(/source:.*\n/, "")}`,
    });
    expect((await load("hawser.yaml")).source.options).toEqual({
      key: join(directory, "base/id"),
      directory: "./plain",
    });
  });

  it("makes a secret of what the plugin's schema marks so, however it was written", async () => {
    const { load } = project({
      "hawser.yaml": minimal.replace(
        "source.js }",
        "source.js, with: { token: plain-text, headers: { x: also } } }",
      ),
    });
    const options = (await load("hawser.yaml")).source.options as { token: Secret; headers: { x: Secret } };
    expect(Secret.is(options.token) && options.token.reveal()).toBe("plain-text");
    expect(options.headers.x.reveal()).toBe("also");
  });

  it("keeps the module of a step, and null for a step that is skipped", async () => {
    const { load } = project({
      "scan.js": "export default { run: 1 };",
      "hawser.yaml": `${minimal}steps: { scan: { after: prepare, use: ./scan.js, with: { a: 1 } }, pack: null }\n`,
    });
    expect((await load("hawser.yaml")).steps).toEqual({
      scan: { after: "prepare", use: { run: 1 }, with: { a: 1 } },
      pack: null,
    });
  });

  it("names load balancers, with the roles and port of each", async () => {
    const { load } = project({
      "hawser.yaml": `${minimal}loadBalancer:
  web: { use: ./plugins/loadBalancer.js, roles: [web] }
  api: { use: ./plugins/loadBalancer.js, port: 8080 }
`,
      "one.yaml": `${minimal}loadBalancer: { use: ./plugins/loadBalancer.js }\n`,
    });
    expect((await load("hawser.yaml")).loadBalancers).toMatchObject({
      web: { roles: ["web"] },
      api: { port: 8080 },
    });
    expect(Object.keys((await load("one.yaml")).loadBalancers)).toEqual(["default"]);
  });
});

describe("choosing an environment", () => {
  const two = `${minimal}environments: { staging: { root: /srv/s }, production: { root: /srv/p } }\n`;

  it("takes the only environment when none is named", async () => {
    const { load } = project({ "hawser.yaml": `${minimal}environments: { live: { root: /srv/live } }\n` });
    expect(await load("hawser.yaml")).toMatchObject({ environment: "live", root: "/srv/live" });
  });

  it("refuses to guess among several, and lists them", async () => {
    const { load } = project({ "hawser.yaml": two });
    await expect(load("hawser.yaml")).rejects.toMatchObject({
      code: "HWS_CONFIG_ENVIRONMENT",
      hint: expect.stringContaining("staging, production"),
    });
    expect(await load("hawser.yaml", { environment: "production" })).toMatchObject({ root: "/srv/p" });
  });

  it("says which name was meant when there is no such environment", async () => {
    const { load } = project({ "hawser.yaml": two });
    await expect(load("hawser.yaml", { environment: "prodution" })).rejects.toMatchObject({
      code: "HWS_CONFIG_ENVIRONMENT",
      hint: expect.stringContaining("did you mean production?"),
    });
  });
});

describe("laying an environment over the top level", () => {
  const load = async (environment: string, top = "") =>
    project({
      "hawser.yaml": `app: shop\n${blocks}${top}environments:\n  live:\n${environment.replaceAll(/^/gm, "    ")}\n`,
    }).load("hawser.yaml");

  it("merges maps, in the options of a plugin too", async () => {
    const config = await load(
      "storage: { with: { port: 9 } }\nrollout: { drain: never }",
      "rollout: { minHealthy: 2 }\n",
    );
    expect(config.storage.options).toEqual({ directory: "/srv/store", port: 9 });
    expect(config.rollout).toMatchObject({ drain: "never", minHealthy: 2 });
  });

  it("replaces lists", async () => {
    const config = await load('rollout: { waves: ["100%"] }', 'rollout: { waves: ["10%", "100%"] }\n');
    expect(config.rollout.waves).toEqual(["100%"]);
  });

  it("removes what is null", async () => {
    const top = "loadBalancer: { use: ./plugins/loadBalancer.js }\nrollout: { minHealthy: 2 }\n";
    const config = await load(
      "loadBalancer: null\nrollout: { minHealthy: null }\nstorage: { with: { directory: null } }",
      top,
    );
    expect(config.loadBalancers).toEqual({});
    expect(config.rollout.minHealthy).toBe(0);
    expect(config.storage.options).toEqual({});
  });

  it("takes away a step that a layer below added, and skips a built-in one, where it is null", async () => {
    const top =
      "steps: { scan: { after: prepare, use: ./plugins/storage.js }, pack: { use: ./plugins/storage.js } }\n";
    expect((await load("steps: { scan: null, pack: null }", top)).steps).toEqual({ pack: null });
  });

  it("replaces a block whole when the new one has its own `use`", async () => {
    const config = await load("storage: { use: ./plugins/storage.js, with: { port: 9 } }");
    expect(config.storage.options).toEqual({ port: 9 });
  });

  it("replaces one load balancer by named ones", async () => {
    const top = "loadBalancer: { use: ./plugins/loadBalancer.js, port: 80 }\n";
    const config = await load("loadBalancer: { api: { use: ./plugins/loadBalancer.js } }", top);
    expect(Object.keys(config.loadBalancers)).toEqual(["api"]);
  });

  it("lays the environment over a base file and over the file that extends it", async () => {
    const { load } = project({
      "base.yaml": `${minimal}keep: 2\nconcurrency: 3\nenvironments: { live: { concurrency: 4, root: /srv/base }, old: {} }\n`,
      "hawser.yaml": "extends: ./base.yaml\nkeep: 7\nenvironments: { live: { root: /srv/own }, old: null }\n",
    });
    expect(await load("hawser.yaml")).toMatchObject({
      environment: "live",
      keep: { instances: 7 },
      concurrency: 4,
      root: "/srv/own",
    });
  });

  it("refuses files that extend one another", async () => {
    const { load } = project({ "a.yaml": "extends: ./b.yaml\n", "b.yaml": "extends: ./a.yaml\n" });
    await expect(load("a.yaml")).rejects.toMatchObject({ code: "HWS_CONFIG_EXTENDS" });
  });
});
