import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const has = (program) =>
  (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, program)));

const mayInstall = () => process.getuid?.() === 0 && has("apt-get");

const install = (packages) => {
  const options = {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  };
  spawnSync("apt-get", ["install", "--yes", "--quiet", "--no-install-recommends", ...packages], options);
};

/** Whether a peer can run here; its Debian packages are installed when this machine lets us. */
export const isAvailable = ({ programs, packages }) => {
  if (programs.every(has)) return true;
  if (mayInstall()) install(packages);
  return programs.every(has);
};
