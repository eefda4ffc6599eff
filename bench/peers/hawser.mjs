import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../command.mjs";

const repository = fileURLToPath(new URL("../../", import.meta.url));

export const hawser = {
  key: "hawser",
  name: "Hawser",
  programs: [],
  packages: [],
  open: ({ folder, root, fleet, git, keep }) => {
    mkdirSync(join(folder, "home"), { recursive: true });
    symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
    const config = join(folder, "hawser.json");
    const instances = fleet.instances.map(({ id, address, port }) => ({ id, address, port }));
    const block = (use, options) => ({ use: `@hawser/${use}`, with: options });
    writeFileSync(
      config,
      JSON.stringify({
        app: "bench",
        root,
        keep,
        source: block("source-git", { ...git, ref: "main" }),
        storage: block("storage-fs", { directory: join(folder, "storage") }),
        transport: block("transport-ssh", {
          user: fleet.user,
          privateKey: fleet.privateKey,
          knownHosts: fleet.knownHosts,
        }),
        inventory: block("inventory-static", { instances }),
        installer: block("installer-script", {}),
      }),
    );
    const env = { PATH: process.env.PATH, HOME: join(folder, "home"), LANG: "C.UTF-8" };
    return {
      deploy: () =>
        run(process.execPath, [join(repository, "packages/cli/bin/hawser.js"), "deploy", "-c", config], {
          env,
          log: join(folder, "output.log"),
        }),
    };
  },
};
