import { basename, resolve } from "node:path";
import { configErrors, configProblems } from "../errors/config-codes.ts";
import type { LoadModule } from "../plugin/module.ts";
import type { DataMap, Finding } from "./data.ts";
import { documentOf, folderOf } from "./document.ts";
import { encryptionFindings, encryptionOf } from "./encryption.ts";
import { blockNames, envelopeSchema } from "./envelope.schema.ts";
import { explain } from "./explain.ts";
import { fittingFindings } from "./fitting.ts";
import { chooseLayers, environmentNames, type Layers, withBases } from "./layers.ts";
import { type Merged, mergeLayers } from "./merge.ts";
import { newcomerFindings } from "./newcomers.ts";
import { normalise } from "./normal.ts";
import { type ConfigProblem, toProblem } from "./problems.ts";
import { type Resolved, resolveReferences } from "./references.ts";
import { applyRules } from "./rules.ts";
import { envelopeView } from "./secret-places.ts";
import { nearest } from "./suggest.ts";
import type { HawserConfig, NormalConfig } from "./types.ts";
import { compileSchema } from "./validate.ts";
import { type Wiring, wirePlugins } from "./wire.ts";

export interface LoadRequest {
  /** What was written, or what `readConfigFile` gave. */
  readonly config: HawserConfig | unknown;
  /** Where relative paths and plugins are found. Default: the folder of `file`, else `cwd`. */
  readonly baseDirectory?: string;
  /** Default: the only environment, or the top level when none is defined. */
  readonly environment?: string | undefined;
  /** The file it came from, for messages. */
  readonly file?: string;
  /** Default: the working directory of the process. */
  readonly cwd?: string;
  /** Loads TypeScript: base files and plugins in `.ts`. */
  readonly loadModule?: LoadModule | undefined;
}

/** A config with all that was found on the way. */
export interface LoadedConfig {
  /** Absent when a problem is an error. */
  readonly config?: NormalConfig;
  readonly problems: readonly ConfigProblem[];
  readonly layers: Layers;
  readonly merged: Merged;
  readonly resolved: Resolved;
  readonly wiring: Wiring;
}

const envelopeFindings = (data: DataMap): readonly Finding[] =>
  explain(compileSchema(envelopeSchema(data))(envelopeView(data)).errors, data);

/** Environments that were not chosen are not merged, but a mistyped name in them is seen. */
const otherFindings = (layers: Layers): readonly ConfigProblem[] =>
  layers.others.flatMap((layer) =>
    Object.keys(layer.data)
      .filter((name) => !blockNames.includes(name))
      .map((name) => {
        const close = nearest(name, blockNames);
        const hint = close === undefined ? `known here: ${blockNames.join(", ")}` : `did you mean ${close}?`;
        const error = configProblems.HWS_CONFIG_UNKNOWN_OPTION([name], { hint });
        return toProblem({ path: [name], error }, layer);
      }),
  );

const environmentRenamesApp = (layers: Layers): readonly Finding[] =>
  layers.layers
    .filter((layer) => layer.prefix.length > 0 && "app" in layer.data)
    .map(() => ({
      path: ["app"],
      error: configProblems.HWS_CONFIG_RULE(["an environment cannot change the application's name"]),
    }));

const baseDirectoryOf = ({ baseDirectory, file, cwd }: LoadRequest): string =>
  resolve(cwd ?? process.cwd(), baseDirectory ?? (file === undefined ? "." : folderOf(file)));

/** A value that could not be resolved is an empty text to the schema: what that says of it is no news. */
const withoutEchoes = (findings: readonly Finding[], resolved: Resolved): readonly Finding[] => {
  const unresolved = new Set(resolved.findings.map(({ path }) => JSON.stringify(path)));
  return findings.filter(({ path }) => !unresolved.has(JSON.stringify(path)));
};

/** The environments that a config defines, whatever else is wrong with it; none is defined: the top level alone, which has no name. */
export const environmentsIn = async (request: LoadRequest): Promise<readonly string[]> => {
  const document = documentOf(request.config, baseDirectoryOf(request), request.file);
  const names = environmentNames(await withBases(document, { loadModule: request.loadModule }));
  return names.length === 0 ? [""] : names;
};

/** Loads a config as far as it goes and says everything that is wrong with it. */
export const inspectConfig = async (request: LoadRequest): Promise<LoadedConfig> => {
  const baseDirectory = baseDirectoryOf(request);
  const { loadModule } = request;
  const document = documentOf(request.config, baseDirectory, request.file);
  const layers = chooseLayers(await withBases(document, { loadModule }), request.environment);
  const merged = mergeLayers(layers.layers);
  const resolved = resolveReferences(merged.data, merged.origins);
  const wiring = await wirePlugins({ resolved, origins: merged.origins, baseDirectory, loadModule });
  const { environment, environments } = layers;
  const encryption = encryptionOf(resolved.data, merged.origins, baseDirectory);
  const checks = [
    ...envelopeFindings(resolved.data),
    ...wiring.findings,
    ...applyRules({ data: resolved.data, environment, environments }),
    ...(await encryptionFindings(encryption)),
    ...newcomerFindings(resolved.data, wiring.slots),
    ...fittingFindings(resolved.data, wiring.slots),
  ];
  const findings = [
    ...environmentRenamesApp(layers),
    ...resolved.findings,
    ...withoutEchoes(checks, resolved),
  ].map((finding) => toProblem(finding, merged.origins.of(finding.path)));
  const copied = layers.findings.map((finding) => toProblem(finding, layers.layers[0]));
  const problems = [...copied, ...findings, ...otherFindings(layers)];
  const found = { problems, layers, merged, resolved, wiring };
  if (problems.some(({ severity }) => severity === "error")) return found;
  const { slots, steps } = wiring;
  const data = encryption === undefined ? resolved.data : { ...resolved.data, encryption };
  const config = normalise({ data, environment, slots, steps, baseDirectory });
  return { ...found, config };
};

const line = ({ where, message, hint }: ConfigProblem): string =>
  `${where}: ${message}${hint === undefined ? "" : `; ${hint}`}`;

/**
 * Makes the config of one environment of what a person wrote. Reads the config, the files it names and the plugins
 * it uses; never the network. Everything that is wrong is one `HWS_CONFIG_INVALID` with `details.problems`; an
 * environment that is not there, or not chosen among several, is `HWS_CONFIG_ENVIRONMENT`.
 */
export const loadConfig = async (request: LoadRequest): Promise<NormalConfig> =>
  wholeConfig(await inspectConfig(request), request);

/** The config that was looked at, when nothing in it is an error. */
export const wholeConfig = (
  { config, problems }: LoadedConfig,
  request: Pick<LoadRequest, "file">,
): NormalConfig => {
  if (config !== undefined) return config;
  const errors = problems.filter(({ severity }) => severity === "error");
  const where = request.file === undefined ? "the config" : basename(request.file);
  throw configErrors.HWS_CONFIG_INVALID([where, errors.length], {
    details: { problems },
    output: problems.map(line).join("\n"),
  });
};
