// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are written so
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import {
  configSchema,
  describeConfig,
  inspectConfig,
  type NormalConfig,
  type Plugin,
  readConfigFile,
} from "../../src/index.ts";
import { minimal, project } from "./project.ts";

const described = async (text: string) => {
  const { directory, write } = project();
  const file = write("hawser.yaml", text);
  const loaded = await inspectConfig({ config: await readConfigFile(file), baseDirectory: directory, file });
  expect(loaded.problems).toEqual([]);
  return describeConfig(loaded.config as NormalConfig, loaded);
};

describe("describing a config", () => {
  it("says of each value where it comes from", async () => {
    const { values } = await described(
      `${minimal}keep: 3\nrollout: { drain: never }\nenvironments:\n  live:\n    rollout: { minHealthy: 1 }\n`,
    );
    const originOf = (path: string) => values.find((value) => value.path === path)?.origin;
    expect(originOf("app")).toBe("hawser.yaml:1");
    expect(originOf("keep.storage")).toBe("hawser.yaml:7");
    expect(originOf("rollout.drain")).toBe("hawser.yaml:8");
    expect(originOf("rollout.minHealthy")).toBe("hawser.yaml:11 (environments.live)");
    expect(originOf("rollout.unreachable")).toBe("default");
  });

  it("shows a secret by the name of its reference, or not at all", async () => {
    vi.stubEnv("HWS_TEST_TOKEN", "canary-env");
    const description = await described(
      minimal
        .replace("source.js }", () => 'source.js, with: { token: "${env:HWS_TEST_TOKEN}" } }')
        .replace("transport.js }", "transport.js, with: { token: canary-plain } }"),
    );
    expect(description.config).toMatchObject({
      source: { with: { token: "${env:HWS_TEST_TOKEN}" } },
      transport: { with: { token: "[redacted]" } },
    });
    expect(JSON.stringify(description)).not.toContain("canary");
    vi.unstubAllEnvs();
  });
});

describe("the schema for editors", () => {
  const storage = {
    apiVersion: 1,
    kind: "storage",
    name: "acme-storage",
    schema: {
      type: "object",
      properties: { bucket: { type: "string" }, key: { type: "string", secret: true } },
      required: ["bucket"],
      additionalProperties: false,
    },
  } as unknown as Plugin;
  const valid = (text: string): boolean =>
    new Ajv2020({ strict: false }).compile(configSchema([storage]))(parse(text));

  it("accepts what the engine accepts, with environments that override some of it", () => {
    expect(
      valid(`app: shop
storage: { use: acme-storage, with: { bucket: x } }
loadBalancer: { web: { use: other, roles: [web] } }
environments: { live: { storage: { with: { key: k } }, loadBalancer: null, keep: { storage: 3 } } }
`),
    ).toBe(true);
  });

  it("knows the options of the plugins it was given", () => {
    expect(valid("app: a\nstorage: { use: acme-storage, with: { bukket: x } }")).toBe(false);
    expect(valid("app: a\nstorage: { use: other, with: { bukket: x } }")).toBe(true);
    expect(
      valid("app: a\nenvironments: { live: { storage: { use: acme-storage, with: { bukket: x } } } }"),
    ).toBe(false);
    expect(valid("app: a\nstroage: {}")).toBe(false);
  });
});
