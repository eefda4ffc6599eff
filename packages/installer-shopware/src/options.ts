import { type PhpOptions, phpProperties } from "@hawser/installer-php";
import { type Service, serviceSchema } from "@hawser/installer-script";

export interface WorkersOptions {
  /** What runs the workers of the message queue: stopped before the switch, started after it. */
  readonly service: Service;
  /** Instances with workers have one of these roles. Default: `worker`. */
  readonly roles?: readonly string[];
}

export interface ShopwareOptions extends PhpOptions {
  /**
   * How administration and storefront are built on the deployer: by the scripts of the project's template, by `shopware-cli
   * project ci`, which installs the packages too, or not at all. Default `scripts`.
   */
  readonly build?: "scripts" | "shopware-cli" | false;
  /**
   * Where themes are compiled: `once`, for a theme file system that all instances share; `instances`, each for itself;
   * `deployer`, without a database; false: nowhere. All but `once` need a theme path that is the same everywhere. Default `once`.
   */
  readonly theme?: "once" | "instances" | "deployer" | false;
  /** Who brings the database up to date: the recipe's own commands, or the project's deployment helper. Default `commands`. */
  readonly update?: "commands" | "deployment-helper";
  /** The application runs with `BLUE_GREEN_DEPLOYMENT=1`: the release before can run after an update of Shopware. Default false. */
  readonly blueGreen?: boolean;
  /** Bundles of the project's own whose migrations run. Default: none. */
  readonly migrations?: readonly string[];
  /** Default: workers are told to stop, and what runs them starts new ones. */
  readonly workers?: WorkersOptions;
  /** The sales channels that maintenance is for, by their ids. Default: all. */
  readonly salesChannels?: readonly string[];
}

const list = (items: object, description: string): object => ({
  type: "array",
  minItems: 1,
  uniqueItems: true,
  items,
  description,
});

export const shopwareProperties: Readonly<Record<keyof ShopwareOptions, object>> = {
  ...phpProperties,
  build: {
    anyOf: [
      { type: "string", enum: ["scripts", "shopware-cli"] },
      { type: "boolean", const: false },
    ],
    default: "scripts",
    description: "How administration and storefront are built on the deployer, or that they are not.",
  },
  theme: {
    anyOf: [
      { type: "string", enum: ["once", "instances", "deployer"] },
      { type: "boolean", const: false },
    ],
    default: "once",
    description: "Where themes are compiled: once for all instances, on each, on the deployer, or nowhere.",
  },
  update: {
    type: "string",
    enum: ["commands", "deployment-helper"],
    default: "commands",
    description: "Who brings the database up to date.",
  },
  blueGreen: {
    type: "boolean",
    default: false,
    description:
      "The application runs with `BLUE_GREEN_DEPLOYMENT=1`: the release before can run after an update of Shopware.",
  },
  migrations: list(
    {
      type: "string",
      pattern: "^[A-Za-z][A-Za-z0-9_]{0,127}$",
      description: "a bundle's name",
    },
    "Bundles of the project's own whose migrations run. Default: none.",
  ),
  workers: {
    type: "object",
    properties: {
      service: serviceSchema,
      roles: {
        ...list({ type: "string", minLength: 1 }, "Instances with workers have one of these roles."),
        default: ["worker"],
      },
    },
    required: ["service"],
    additionalProperties: false,
    description:
      "What runs the workers of the queue: stopped before the switch, started after it. Default: workers are told to stop.",
  },
  salesChannels: list(
    {
      type: "string",
      pattern: "^[0-9a-f]{32}$",
      description: "an id of 32 hexadecimal digits",
    },
    "The sales channels that maintenance is for. Default: all.",
  ),
};
