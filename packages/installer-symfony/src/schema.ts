import { phpProperties, plainPath } from "@hawser/installer-php";
import { serviceSchema } from "@hawser/installer-script";
import type { SymfonyOptions } from "./options.ts";

const flag = { type: "boolean" };
const roles = { type: "array", minItems: 1, items: { type: "string", minLength: 1 } };
const map = (properties: object): object => ({ type: "object", properties, additionalProperties: false });
const yes = (description: string, usual: boolean): object => ({ ...flag, default: usual, description });

/** The schema of each option of the recipe: those of PHP, and its own. */
export const symfonyProperties: Readonly<Record<keyof SymfonyOptions, object>> = {
  ...phpProperties,
  appEnv: {
    type: "string",
    pattern: "^[A-Za-z0-9_]{1,32}$",
    default: "prod",
    description: "a word of letters, digits and underscores: what `APP_ENV` says",
  },
  console: {
    ...plainPath,
    default: "bin/console",
    description: "a relative path of plain characters: Symfony's command line in the release",
  },
  assets: {
    ...map({
      bundles: yes("Copies the public files of bundles, on each instance.", true),
      mapper: yes(
        "AssetMapper: the import map's packages on the deployer, compiled on each instance.",
        false,
      ),
      build: {
        type: "string",
        enum: ["npm", "yarn", "pnpm"],
        description: "Runs the script `build` of `package.json`, once, on the deployer. Default: none.",
      },
    }),
    description: "What becomes of assets. Default: `bundles` alone.",
  },
  dumpEnv: {
    type: "string",
    enum: ["console", "composer"],
    description: "Writes `.env.local.php` on each instance, by one of the two. Default: neither.",
  },
  migrations: {
    anyOf: [
      flag,
      map({
        compatible: yes("False says that the release before cannot run after these migrations.", true),
        maintenance: yes("Migrations that are needed put the application in maintenance.", false),
        lock: {
          type: "string",
          pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
          description: "the name of a lock, for environments that share a database; by default none",
        },
        roles: { ...roles, description: "The instance that migrates has one of these roles. Default: any." },
        timeoutMs: {
          type: "integer",
          minimum: 1,
          maximum: 86_400_000,
          default: 1_800_000,
          description: "When migrations are killed.",
        },
      }),
    ],
    default: false,
    description: "Runs the migrations of Doctrine that the database lacks, once, before the first wave.",
  },
  messenger: {
    anyOf: [
      flag,
      map({
        service: {
          ...serviceSchema,
          description:
            "The workers' own service, restarted after the switch. Default: workers are told to stop.",
        },
        roles: { ...roles, description: "Instances with workers have one of these roles. Default: all." },
      }),
    ],
    default: false,
    description: "Workers of Messenger take up the new release.",
  },
};
