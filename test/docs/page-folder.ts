import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspectConfig, readConfigFile } from "@hawser/core";
import { blocksOf, type CodeBlock, exampleWith, repository } from "./code-blocks.ts";

/** A config, or a part of one, as its file has it. */
export type Data = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is Data =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every text of a config, wherever it stands. */
const textsOf = (value: unknown): readonly string[] => {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
};

const usedFiles = (value: unknown): readonly string[] => {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "use" && typeof inner === "string" && inner.startsWith(".") ? [inner] : usedFiles(inner),
  );
};

/** The folder in which a reader keeps the configs of a page, with the files that they name. */
export class PageFolder {
  readonly #directory: string;
  readonly #page: string;

  constructor(directory: string, page: string) {
    this.#directory = directory;
    this.#page = page;
    mkdirSync(directory, { recursive: true });
    // Beside it: a page may extend a config of the folder above.
    symlinkSync(join(repository, "node_modules"), join(directory, "../node_modules"));
  }

  /** What is wrong with a config, or with one that is completed by `base`. */
  async problemsOf(data: Data, base?: Data): Promise<readonly string[]> {
    const extended = typeof data.extends === "string" ? data.extends : "./base.yaml";
    if (base !== undefined) this.#write(extended, JSON.stringify(base));
    this.#provide({ ...base, ...data });
    const config = base === undefined ? data : { ...data, extends: extended };
    const environments = Object.keys({ ...(isMap(data.environments) ? data.environments : {}) });
    const found: string[] = [];
    for (const environment of environments.length === 0 ? [undefined] : environments) {
      const request = { config, environment, baseDirectory: this.#directory, loadModule };
      const { problems } = await inspectConfig(request);
      const errors = problems.filter(({ severity }) => severity === "error");
      found.push(...errors.map(({ where, message, hint }) => `${where}: ${message}; ${hint ?? ""}`));
    }
    return found;
  }

  /** What a block says, read as a config file is. */
  async read({ text, line }: CodeBlock): Promise<Data> {
    const file = join(this.#directory, `block-${line}.yaml`);
    writeFileSync(file, this.#withOwnKey(text));
    const data = await readConfigFile(file);
    if (!isMap(data)) throw new Error("no map of options");
    return data;
  }

  /** Sets a variable that has no default to what the page has its reader export, or to anything. */
  #export(name: string): void {
    if (name.includes(":-")) return;
    const line = new RegExp(`^export ${name}=(\\S+)`, "m");
    const said = blocksOf(this.#page).flatMap(({ text }) => line.exec(text)?.[1] ?? []);
    process.env[name] ??= said[0] ?? "value-of-the-reader";
  }

  /** Lays down what a config names: variables, files of secrets, and plugins and steps of the page's own or of an example. */
  #provide(data: Data): void {
    for (const text of textsOf(data))
      for (const [, kind, name = ""] of text.matchAll(/\$\{(env|file|var):([^}]+)\}/g)) {
        if (kind === "env") process.env[name] ??= "a-value-of-the-reader";
        else if (kind === "var") this.#export(name);
        else this.#write(name, "a value\n");
      }
    for (const file of usedFiles(data)) this.#plugin(file);
  }

  /** A reader has keys of their own: an identity, and its recipient in place of the page's first. */
  #withOwnKey(text: string): string {
    const [, identity] = /^ *identity: (\S+)/m.exec(text) ?? [];
    if (identity === undefined) return text;
    const key = execFileSync("age-keygen", { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    this.#write(identity, key);
    const recipient = execFileSync("age-keygen", ["-y"], { input: key, encoding: "utf8" }).trim();
    return text.replace(/age1[a-z0-9]+/, recipient);
  }

  #plugin(file: string): void {
    const name = file.replace(/^\.\//, "");
    const own = blocksOf(this.#page).find(({ text }) => text.startsWith(`// ${name}\n`));
    if (own !== undefined) {
      this.#write(file, own.text);
      return;
    }
    const example = exampleWith(name);
    if (example === undefined) throw new Error(`${name} is neither on the page nor in an example`);
    cpSync(example, this.#directory, { recursive: true, filter: (path) => !/hawser\.yaml$/.test(path) });
  }

  #write(name: string, text: string): void {
    const path = join(this.#directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

const loadModule = (file: string): Promise<unknown> => import(/* @vite-ignore */ pathToFileURL(file).href);
