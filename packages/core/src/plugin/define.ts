import type { Kind, Kinds } from "../contracts/kinds.ts";
import type { Heard } from "../contracts/listener.ts";
import type { PluginContext } from "../contracts/plugin-context.ts";
import type { Secret } from "../contracts/secret.ts";
import type { HawserError } from "../errors/hawser-error.ts";

/** The contract version that plugins of this core speak. */
export const apiVersion = 1;

/**
 * A JSON Schema (2020-12) of a plugin's options, carrying their type. It must be an object schema with
 * `additionalProperties: false`. A string property with `secret: true` arrives in `create` as a `Secret`;
 * one with `path: true` arrives absolute, resolved from the config file's folder.
 */
export interface Schema<O> {
  readonly type: "object";
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly additionalProperties: false;
  readonly "~options"?: O;
  readonly [keyword: string]: unknown;
}

/** A plugin is plain data; `create` is the only thing in it that runs. */
export interface Plugin<K extends Kind = Kind, O = unknown> {
  readonly apiVersion: number;
  readonly kind: K;
  /** The package's name, or any name for a plugin in a file. */
  readonly name: string;
  readonly schema: Schema<O>;
  /**
   * Of an installer: the names of the application's secrets that instances need with these options, which passed the schema.
   * Nothing is created or read for it: `validate` asks. Default: unknown.
   */
  secretNames?(options: O): readonly string[];
  /**
   * Everything that is wrong with these options, which passed the schema, and that a schema cannot say. Nothing is created or
   * read for it: `validate` asks. `details.path` of an error says where in the options. Default: nothing.
   */
  problems?(options: O): readonly HawserError[];
  /**
   * Of an inventory: whether with these options, which passed the schema, instances come to be without a deploy, as those
   * of an autoscaling group do. Default: no.
   */
  elastic?(options: O): boolean;
  /**
   * Of a listener: what it hears with these options, which passed the schema, where the config does not say it by `on`.
   * Default: every event.
   */
  hears?(options: O): readonly Heard[];
  /** Of a transport: false when its providers refuse big bodies, as their own `acceptsBody` says. Default: unknown. */
  readonly acceptsBody?: false;
  /** Of a transport: true when its providers record requests, as their own `recordsRequests` says. Default: unknown. */
  readonly recordsRequests?: true;
  /** Of a storage: false when its providers have no `presignGet`. Default: unknown. */
  readonly signsUrls?: false;
  /** Makes the provider. Options passed the schema; secrets in them are `Secret`s. */
  create(options: O, context: PluginContext): Kinds[K] | Promise<Kinds[K]>;
}

/** A plugin and its options: the form that `use:` / `with:` of a config file mirrors. */
export interface Use<K extends Kind = Kind> {
  // A block of a config has any options; `use` has checked them against the plugin's own type.
  readonly use: Plugin<K, never> | string;
  readonly with?: unknown;
}

/** Declares a plugin of this core's contract version. */
export const definePlugin = <K extends Kind, O>(plugin: Omit<Plugin<K, O>, "apiVersion">): Plugin<K, O> => ({
  apiVersion,
  ...plugin,
});

/** Options as a person writes them: what arrives in a plugin as a `Secret` may be a text too, such as `${env:TOKEN}`. */
export type Written<O> = unknown extends O
  ? O
  : O extends Secret
    ? Secret | string
    : O extends object
      ? { [K in keyof O]: Written<O[K]> }
      : O;

/** Wires a plugin with options that the compiler checks. */
export const use = <K extends Kind, O>(plugin: Plugin<K, O>, options: Written<NoInfer<O>>): Use<K> => ({
  use: plugin as Plugin<K, never>,
  with: options,
});
