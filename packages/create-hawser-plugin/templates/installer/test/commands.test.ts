import { execFile } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Secret } from "@hawser/core/plugin";
import { pluginContext, testDirectory } from "@hawser/testkit";
import { expect, it } from "vitest";
import plugin from "../src/index.ts";

const options = { project: "shop", registry: "registry.example.org", username: "it's me" };

/** Notes how it was called: what a command's text makes of its values is seen without Docker. */
const docker = `#!/bin/sh
{ printf '<%s>' "$@"; [ "$1" != login ] || { printf ' < '; cat; }; echo; } >> "$CALLS"
`;

it("gives the password to docker by standard input, and every value as it is", async () => {
  const folder = testDirectory();
  await writeFile(join(folder, "docker"), docker);
  await chmod(join(folder, "docker"), 0o755);
  const password = `p'a"s$s w\`o\\rd`;
  const installer = await plugin.create({ ...options, password: new Secret(password) }, pluginContext());
  const { install, activate, env } = installer.plan({ roles: ["web"] });
  for (const { run } of [...install, ...activate])
    await promisify(execFile)("sh", ["-c", run], {
      env: {
        ...env,
        PATH: `${folder}:${process.env["PATH"]}`,
        CALLS: join(folder, "calls"),
        HAWSER_SECRET_REGISTRY_PASSWORD: password,
      },
    });
  expect((await readFile(join(folder, "calls"), "utf8")).split("\n")).toEqual([
    `<login><--username><it's me><--password-stdin><registry.example.org> < ${password}`,
    "<compose><pull><--quiet>",
    "<compose><up><--detach><--remove-orphans><--wait>",
    "",
  ]);
});

it("says that a login needs all three options", () => {
  expect(plugin.problems?.(options)).toMatchObject([{ code: "HWS_COMPOSE_LOGIN" }]);
  expect(plugin.problems?.({ ...options, password: new Secret("value") })).toEqual([]);
  expect(plugin.problems?.({ project: "shop" })).toEqual([]);
});
