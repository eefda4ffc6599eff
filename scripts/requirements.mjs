// What the suites need beside Node and npm: the program, its Debian package, and the suites that run it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Programs of the test servers; `suites` are path patterns of vitest. */
export const requirements = [
  { program: "git", debian: "git", suites: ["source-git", "test/"] },
  {
    program: "sshd",
    debian: "openssh-server",
    suites: ["transport-ssh", "packages/ssh", "source-git", "test/"],
  },
  { program: "ssh-keygen", debian: "openssh-client", suites: ["transport-ssh", "packages/ssh", "test/"] },
  { program: "haproxy", debian: "haproxy", suites: ["lb-haproxy", "test/"] },
  { program: "busybox", debian: "busybox", suites: ["core/test/host", "test/"] },
  { program: "shellcheck", debian: "shellcheck", suites: ["core/test/host"] },
  { program: "ip", debian: "iproute2", suites: ["transport-ssh", "packages/ssh", "test/"] },
  { program: "rsync", debian: "rsync", suites: ["test/"] },
  { program: "curl", debian: "curl", suites: ["core/test/host", "test/"] },
  { program: "zstd", debian: "zstd", suites: ["core/test/artifact"] },
  { program: "faketime", debian: "faketime", suites: ["transport-ssh", "test/"] },
  { program: "tmux", debian: "tmux", suites: ["cli"] },
];

const places = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin", "/usr/local/sbin"];

export const has = (program) => places.some((place) => existsSync(`${place}/${program}`));

const canInstall = () => process.getuid?.() === 0 && existsSync("/etc/debian_version") && has("apt-get");

const apt = (args) =>
  spawnSync("apt-get", ["-qq", ...args], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });

/** Installs what is missing when that is possible; gives the requirements that are still not met. */
export const install = () => {
  const missing = () => requirements.filter(({ program }) => !has(program));
  if (missing().length > 0 && canInstall()) {
    const packages = missing().map(({ debian }) => debian);
    console.log(`installing ${packages.join(" ")}`);
    apt(["update"]);
    apt(["install", "-y", "--no-install-recommends", ...packages]);
  }
  return missing();
};
