import type { CodeBlock } from "./code-blocks.ts";
import { type Data, isMap, PageFolder } from "./page-folder.ts";

/** What a fragment is completed with: the least that is a config. */
const least: Data = {
  app: "shop",
  source: { use: "@hawser/source-directory", with: { path: "./build" } },
  storage: { use: "@hawser/storage-fs", with: { directory: "./storage" } },
  transport: { use: "@hawser/transport-local" },
  installer: { use: "@hawser/installer-script" },
  inventory: {
    use: "@hawser/inventory-static",
    with: { instances: [{ id: "web1", address: "localhost", root: "/srv/shop" }] },
  },
};

const isWhole = (data: Data): boolean => ["app", "source", "inventory"].every((name) => name in data);

const blockMembers = ["use", "with", "on", "roles", "port"];

/** The blocks of plugins that a fragment may bend, each as a config with the fragment in it. */
const bent = (fragment: Data, page: Data): readonly Data[] => {
  const inside = Object.keys(fragment).every((key) => blockMembers.includes(key));
  const bend = (block: Data): Data =>
    inside
      ? { ...block, ...fragment }
      : { ...block, with: { ...(isMap(block.with) ? block.with : {}), ...fragment } };
  return Object.entries(page).flatMap(([name, block]) => {
    if (Array.isArray(block)) return isMap(block[0]) ? [{ ...page, [name]: [bend(block[0])] }] : [];
    return isMap(block) && "use" in block ? [{ ...page, [name]: bend(block) }] : [];
  });
};

/**
 * What is wrong with the YAML of one page. A config that is whole is taken as it stands. A fragment is completed: by the
 * least config, else by what the page said before; one that names options alone stands in a block that the page said before.
 */
export class PageConfigs {
  readonly #folder: PageFolder;
  #before: Data = {};

  constructor(directory: string, page: string) {
    this.#folder = new PageFolder(directory, page);
  }

  async problemsOf(block: CodeBlock): Promise<readonly string[]> {
    const data = await this.#folder.read(block);
    const problems = await this.#folder.problemsOf(data, isWhole(data) ? undefined : least);
    if (problems.length === 0) {
      this.#before = { ...this.#before, ...data };
      return [];
    }
    if (isWhole(data)) return problems;
    const { extends: _base, ...before } = this.#before;
    const others = [await this.#folder.problemsOf(data, { ...least, ...before })];
    for (const candidate of bent(data, before)) others.push(await this.#folder.problemsOf(candidate, least));
    return others.some(({ length }) => length === 0) ? [] : [...problems, ...others.flat()];
  }
}
