/** `yarn` is Yarn 2 or newer, `yarn-classic` Yarn 1. */
export type PackageManager = "npm" | "pnpm" | "yarn" | "yarn-classic";

export const packageManagers: readonly PackageManager[] = ["npm", "pnpm", "yarn", "yarn-classic"];

/** What each is asked for. All of it by the lock file alone: a manifest that differs from it fails. */
interface Commands {
  /** Whatever NODE_ENV says: a build needs its development dependencies. */
  readonly everything: string;
  readonly production: string;
  /** Takes the development dependencies away again, without running the scripts of the others a second time. */
  readonly prune: string;
  /** Runs the script `build` when the manifest has one. */
  readonly buildIfPresent: string;
}

/** Yarn has no word for it. */
const yarnBuildIfPresent = `if node -e 'process.exit(require("./package.json").scripts?.build ? 0 : 1)'; then yarn run build; fi`;

const commands: Readonly<Record<PackageManager, Commands>> = {
  npm: {
    everything: "npm ci --include=dev --no-audit --no-fund",
    production: "npm ci --omit=dev --no-audit --no-fund",
    prune: "npm prune --omit=dev --ignore-scripts --no-audit --no-fund",
    buildIfPresent: "npm run build --if-present",
  },
  pnpm: {
    everything: "pnpm install --frozen-lockfile --prod=false",
    production: "pnpm install --frozen-lockfile --prod",
    prune: "pnpm prune --prod --ignore-scripts",
    buildIfPresent: "pnpm run --if-present build",
  },
  yarn: {
    everything: "yarn install --immutable",
    // Focusing alone would take a lock file that does not fit the manifest.
    production: "yarn install --immutable --mode=skip-build && yarn workspaces focus --production",
    prune: "yarn workspaces focus --production",
    buildIfPresent: yarnBuildIfPresent,
  },
  "yarn-classic": {
    everything: "yarn install --frozen-lockfile --non-interactive --production=false",
    production: "yarn install --frozen-lockfile --non-interactive --production=true",
    prune:
      "yarn install --frozen-lockfile --non-interactive --production=true --ignore-scripts --prefer-offline",
    buildIfPresent: yarnBuildIfPresent,
  },
};

export const commandsOf = (manager: PackageManager): Commands => commands[manager];

/** Runs a script of the manifest that must be there; its name passed the schema's grammar. */
export const runScript = (manager: PackageManager, script: string): string =>
  `${manager === "yarn-classic" ? "yarn" : manager} run ${script}`;
