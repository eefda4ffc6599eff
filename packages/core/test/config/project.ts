import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import {
  type ConfigProblem,
  HawserError,
  type LoadRequest,
  loadConfig,
  readConfigFile,
} from "../../src/index.ts";

/** A plugin of a kind in a file, whose options are text, number, switch, path, secret and a list of maps. */
const pluginText = (kind: string) => `export default {
  apiVersion: 1, kind: ${JSON.stringify(kind)}, name: "test-${kind}",
  schema: {
    type: "object",
    properties: {
      directory: { type: "string" }, port: { type: "integer", minimum: 1 }, fast: { type: "boolean" },
      key: { type: "string", path: true }, token: { type: "string", secret: true },
      mode: { enum: ["one", "other"] },
      list: { type: "array", items: { anyOf: [{ type: "string" }, { type: "object",
        properties: { run: { type: "string" }, roles: { type: "array", items: { type: "string" } } },
        required: ["run"], additionalProperties: false }] } },
      headers: { type: "object", additionalProperties: { type: "string", secret: true } },
    },
    additionalProperties: false,
  },
  create: () => ({}),
};\n`;

export interface Project {
  readonly directory: string;
  write(name: string, text: string): string;
  /** Reads and loads a file of the project. */
  load(name: string, request?: Partial<LoadRequest>): ReturnType<typeof loadConfig>;
  /** The problems of a config that must be refused. */
  problems(name: string, request?: Partial<LoadRequest>): Promise<readonly ConfigProblem[]>;
}

/** A folder with a plugin of every kind, gone after the test. */
export const project = (files: Readonly<Record<string, string>> = {}): Project => {
  const directory = mkdtempSync(join(tmpdir(), "hawser-config-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const write = (name: string, text: string): string => {
    const file = join(directory, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  write("package.json", JSON.stringify({ type: "module" }));
  for (const kind of [
    "source",
    "storage",
    "transport",
    "installer",
    "inventory",
    "loadBalancer",
    "listener",
  ]) {
    write(`plugins/${kind}.js`, pluginText(kind));
  }
  for (const [name, text] of Object.entries(files)) write(name, text);
  const load: Project["load"] = async (name, request = {}) => {
    const file = join(directory, name);
    return loadConfig({ config: await readConfigFile(file), baseDirectory: directory, file, ...request });
  };
  return {
    directory,
    write,
    load,
    problems: async (name, request) => {
      const error = await load(name, request).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (!HawserError.is(error, "HWS_CONFIG_INVALID")) throw error ?? new Error("the config was accepted");
      return error.details.problems as readonly ConfigProblem[];
    },
  };
};

/** The blocks that every config needs. */
export const blocks = `source: { use: ./plugins/source.js }
storage: { use: ./plugins/storage.js, with: { directory: /srv/store } }
transport: { use: ./plugins/transport.js }
installer: { use: ./plugins/installer.js }
inventory: { use: ./plugins/inventory.js }
`;

export const minimal = `app: shop\n${blocks}`;
