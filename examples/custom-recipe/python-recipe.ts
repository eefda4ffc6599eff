import {
  defineRecipe,
  type Recipe,
  type Service,
  serviceCommand,
  serviceSchema,
} from "@hawser/installer-script";

export type PythonOptions = {
  readonly service: Service;
  /** Where the running application prints its release. */
  readonly health: string;
  /** Brings the database to what the release needs; with `--check` it ends with 0 when there is something to do. */
  readonly migrate?: string;
  readonly port?: number;
};

const text = { type: "string", minLength: 1 };

/** A web application in Python: dependencies are fetched once, on the deployer; instances need Python alone. */
const python: Recipe<PythonOptions> = defineRecipe<PythonOptions>({
  name: "python-recipe",
  properties: {
    service: serviceSchema,
    health: { type: "string", pattern: "^https?://" },
    migrate: text,
    port: { type: "integer", minimum: 1, maximum: 65_535 },
  },
  required: ["service", "health"],
  make: ({ service, health, migrate, port = 8080 }) => ({
    env: { PYTHONPATH: "vendor", PORT: String(port) },
    prepare: [
      {
        name: "dependencies",
        run: "[ ! -f requirements.txt ] || python3 -m pip install --quiet --target vendor -r requirements.txt",
      },
    ],
    // At the path at which it will run, which Python writes into what it compiles.
    install: [{ name: "compile", run: "python3 -m compileall -q ." }],
    once: {
      before:
        migrate === undefined
          ? []
          : [{ name: "migrate", run: migrate, needed: `${migrate} --check`, lock: "database" }],
    },
    activate: [serviceCommand("restart", service, "restart")],
    shared: ["data/"],
    generated: ["__pycache__"],
    check: { http: health, release: true },
  }),
});
export default python;
