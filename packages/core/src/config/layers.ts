import { basename, resolve } from "node:path";
import { configErrors } from "../errors/config-codes.ts";
import { copyData, type DataMap, type Finding, isMap } from "./data.ts";
import type { ConfigDocument } from "./document.ts";
import type { Path } from "./path.ts";
import { type ReadOptions, readDocument } from "./read.ts";
import { nearest } from "./suggest.ts";

/** One map to lay over those before it. */
export interface Layer {
  readonly data: DataMap;
  readonly document: ConfigDocument;
  /** Where it stands in its document: nowhere deep, or `environments.<name>`. */
  readonly prefix: Path;
}

const mostFiles = 10;

const baseOf = (document: ConfigDocument): string | undefined => {
  const data = document.data;
  const base = isMap(data) ? data.extends : undefined;
  return typeof base === "string" ? resolve(document.baseDirectory, base) : undefined;
};

/** The document and those it extends, the deepest base first. */
export const withBases = async (
  document: ConfigDocument,
  options: ReadOptions,
): Promise<readonly ConfigDocument[]> => {
  const chain = [document];
  const seen = new Set(document.file === undefined ? [] : [resolve(document.file)]);
  for (let base = baseOf(document); base !== undefined; base = baseOf(chain[0] as ConfigDocument)) {
    const by = chain[0]?.file ?? "the config";
    if (seen.has(base)) throw configErrors.HWS_CONFIG_EXTENDS([by, `${base}, which extends it`]);
    if (chain.length >= mostFiles) throw configErrors.HWS_CONFIG_EXTENDS([by, "too many files"]);
    seen.add(base);
    chain.unshift(await readDocument(base, options));
  }
  return chain;
};

const topOf = (document: ConfigDocument, found: Finding[]): Layer => {
  const name = document.file === undefined ? "the config" : basename(document.file);
  if (!isMap(document.data)) {
    throw configErrors.HWS_CONFIG_SYNTAX([document.file ?? name, undefined, "a config is a map of options"]);
  }
  return { data: copyData(document.data, [], found) as DataMap, document, prefix: [] };
};

const environmentsOf = (tops: readonly Layer[]): ReadonlyMap<string, readonly Layer[]> => {
  const environments = new Map<string, readonly Layer[]>();
  for (const { data, document } of tops) {
    if (!isMap(data.environments)) continue;
    for (const [name, block] of Object.entries(data.environments)) {
      const layer = { data: isMap(block) ? block : {}, document, prefix: ["environments", name] };
      if (block === null) environments.delete(name);
      else environments.set(name, [...(environments.get(name) ?? []), layer]);
    }
  }
  return environments;
};

/** The names of all environments, in the order of the documents. */
export const environmentNames = (documents: readonly ConfigDocument[]): readonly string[] => [
  ...environmentsOf(documents.map((document) => topOf(document, []))).keys(),
];

const chosen = (asked: string | undefined, names: readonly string[]): string => {
  if (asked === undefined || asked === "") {
    if (names.length <= 1) return names[0] ?? "";
    throw configErrors.HWS_CONFIG_ENVIRONMENT(["the config has several environments", names], {
      details: { environments: names },
    });
  }
  if (names.includes(asked)) return asked;
  const close = nearest(asked, names);
  const hint = close === undefined ? {} : { hint: `did you mean ${close}? there are ${names.join(", ")}` };
  throw configErrors.HWS_CONFIG_ENVIRONMENT([`there is no environment ${asked}`, names], {
    ...hint,
    details: { environments: names },
  });
};

export interface Layers {
  readonly environment: string;
  readonly environments: readonly string[];
  /** The ones to merge, in order. */
  readonly layers: readonly Layer[];
  /** Those of the environments that were not chosen. */
  readonly others: readonly Layer[];
  readonly findings: readonly Finding[];
}

/** Chooses the environment: without a name the only one, or the top level when none is defined. */
export const chooseLayers = (documents: readonly ConfigDocument[], asked: string | undefined): Layers => {
  const findings: Finding[] = [];
  const tops = documents.map((document) => topOf(document, findings));
  const byName = environmentsOf(tops);
  const environments = [...byName.keys()];
  const environment = chosen(asked, environments);
  return {
    environment,
    environments,
    layers: [...tops, ...(byName.get(environment) ?? [])],
    others: [...byName].filter(([name]) => name !== environment).flatMap(([, layers]) => layers),
    findings,
  };
};
