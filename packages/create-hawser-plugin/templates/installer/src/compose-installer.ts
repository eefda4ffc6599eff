import type { Installer, InstallPlan, PlanCommand, Secret } from "@hawser/core/plugin";
import type { ComposeOptions } from "./options.ts";

const minute = 60_000;

/** The names of the secrets that instances need with these options. */
export const secretNames = ({ password }: ComposeOptions): readonly string[] =>
  password === undefined ? [] : ["REGISTRY_PASSWORD"];

const login: PlanCommand = {
  name: "login",
  // The password is written by the shell itself: it stands in no argument that a process list shows.
  run: `printf '%s' "$HAWSER_SECRET_REGISTRY_PASSWORD" | docker login --username "$REGISTRY_USERNAME" --password-stdin "$REGISTRY"`,
  timeoutMs: minute,
};

/** Makes the plan: data and nothing else, so that an instance can run it when the deployment system is down. */
export class ComposeInstaller implements Installer {
  readonly #options: ComposeOptions;

  constructor(options: ComposeOptions) {
    this.#options = options;
  }

  plan(): InstallPlan {
    const { project, file = "compose.yaml", health, registry, username } = this.#options;
    const secrets = secretNames(this.#options);
    return {
      prepare: [],
      install: [
        ...(secrets.length > 0 ? [login] : []),
        { name: "pull", run: "docker compose pull --quiet", timeoutMs: 15 * minute },
      ],
      leave: [],
      activate: [
        { name: "up", run: "docker compose up --detach --remove-orphans --wait", timeoutMs: 5 * minute },
      ],
      rollback: [],
      once: { before: [], after: [] },
      maintenance: { on: [], off: [] },
      shared: [],
      writable: [],
      generated: [],
      ownership: [],
      ...(health !== undefined && { check: { http: health, timeoutMs: minute, stableMs: 0 } }),
      // Values reach commands as variables, never as part of their text. Compose reads the first two by itself.
      env: {
        COMPOSE_PROJECT_NAME: project,
        COMPOSE_FILE: file,
        ...(registry !== undefined && { REGISTRY: registry }),
        ...(username !== undefined && { REGISTRY_USERNAME: username }),
      },
      secrets,
    };
  }

  secrets(): Readonly<Record<string, Secret>> {
    const { password } = this.#options;
    return password === undefined ? {} : { REGISTRY_PASSWORD: password };
  }
}
