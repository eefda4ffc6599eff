import { type PhpOptions, phpProperties } from "@hawser/installer-php";
import { type Service, serviceSchema } from "@hawser/installer-script";

export interface ConsumersOptions {
  /** What runs the queue consumers on the instances: stopped before the switch, started after it. */
  readonly service: Service;
  /** Instances that run consumers have one of these roles. Default: `worker`. */
  readonly roles?: readonly string[];
}

export interface MagentoOptions extends PhpOptions {
  /** The languages that static content is made for. Default: `en_US`. */
  readonly locales?: readonly string[];
  /** The themes that it is made for, as `Magento/luma`. Default: all. */
  readonly themes?: readonly string[];
  /** How it is made. Default `quick`. */
  readonly strategy?: "quick" | "standard" | "compact";
  /** How many processes make it at once. Default: Magento's own, which is one. */
  readonly jobs?: number;
  /** Instances with Magento's crontab have one of these roles; false: Hawser has nothing to do with cron. Default: `cron`. */
  readonly cron?: readonly string[] | false;
  /** Default: consumers are only told to restart, as those need that cron starts. */
  readonly consumers?: ConsumersOptions;
}

const roles = { type: "array", minItems: 1, items: { type: "string", pattern: "^[a-z0-9-]{1,64}$" } };

export const magentoProperties: Readonly<Record<keyof MagentoOptions, object>> = {
  ...phpProperties,
  locales: {
    type: "array",
    minItems: 1,
    uniqueItems: true,
    items: {
      type: "string",
      pattern: "^[a-z]{2,3}(_[A-Z][a-z]{3})?_[A-Z]{2}$",
      description: "a locale as `de_DE`",
    },
    default: ["en_US"],
    description: "The languages that static content is made for.",
  },
  themes: {
    type: "array",
    minItems: 1,
    uniqueItems: true,
    items: {
      type: "string",
      pattern: "^[A-Za-z0-9_-]+/[A-Za-z0-9_-]+$",
      description: "a theme as `Magento/luma`",
    },
    description: "The themes that static content is made for. Default: all.",
  },
  strategy: {
    type: "string",
    enum: ["quick", "standard", "compact"],
    default: "quick",
    description: "How static content is made.",
  },
  jobs: {
    type: "integer",
    minimum: 1,
    maximum: 256,
    description: "How many processes make static content. Default: Magento's own, which is one.",
  },
  cron: {
    anyOf: [roles, { type: "boolean", const: false }],
    default: ["cron"],
    description: "Roles of the instances with Magento's crontab; false: cron is no matter of Hawser's.",
  },
  consumers: {
    type: "object",
    properties: {
      service: serviceSchema,
      roles: {
        ...roles,
        default: ["worker"],
        description: "Instances that run consumers have one of these roles.",
      },
    },
    required: ["service"],
    additionalProperties: false,
    description:
      "What runs the queue consumers: stopped before the switch, started after it. Default: they are told to restart.",
  },
};
