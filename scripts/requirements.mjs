// What the suites need beside Node and npm: the program, where it comes from, and the suites that run it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where programs that are no Debian package are kept between runs. */
const tools = join(homedir(), ".cache/hawser-tools");

/**
 * Programs of the test servers: `debian` names a package, `go` a module that is built once (some minutes). `suites` are
 * path patterns of vitest.
 */
export const requirements = [
  { program: "git", debian: "git", suites: ["source-git", "test/"] },
  {
    program: "sshd",
    debian: "openssh-server",
    suites: ["transport-ssh", "packages/ssh", "source-git", "source-rsync", "source-sftp", "test/"],
  },
  {
    program: "ssh-keygen",
    debian: "openssh-client",
    suites: ["transport-ssh", "packages/ssh", "source-sftp", "test/"],
  },
  { program: "openssl", debian: "openssl", suites: ["packages/ssh", "source-sftp"] },
  { program: "haproxy", debian: "haproxy", suites: ["lb-haproxy", "test/"] },
  { program: "busybox", debian: "busybox", suites: ["core/test/host", "test/"] },
  { program: "shellcheck", debian: "shellcheck", suites: ["core/test/host"] },
  { program: "ip", debian: "iproute2", suites: ["transport-ssh", "packages/ssh", "test/"] },
  { program: "rsync", debian: "rsync", suites: ["source-rsync", "test/"] },
  { program: "curl", debian: "curl", suites: ["core/test/host", "test/"] },
  { program: "zstd", debian: "zstd", suites: ["core/test/artifact"] },
  { program: "faketime", debian: "faketime", suites: ["transport-ssh", "test/"] },
  { program: "tmux", debian: "tmux", suites: ["cli"] },
  {
    program: "minio",
    go: "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c",
    suites: ["source-s3"],
  },
];

const places = [
  ...(process.env.PATH ?? "").split(":"),
  "/usr/sbin",
  "/sbin",
  "/usr/local/sbin",
  "/usr/local/go/bin",
  join(tools, "bin"),
];

export const has = (program) => places.some((place) => existsSync(`${place}/${program}`));

const canInstall = () => process.getuid?.() === 0 && existsSync("/etc/debian_version") && has("apt-get");

const apt = (args) =>
  spawnSync("apt-get", ["-qq", ...args], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });

/** Where a missing program is to be had, for people. */
export const originOf = ({ debian, go }) =>
  go === undefined ? `Debian package ${debian}` : `built by Go 1.24 or newer: go install ${go}`;

/** At most two compilers at once: a build beside other work must not take the whole machine. */
const build = ({ program, go }) => {
  console.log(`building ${program}: this takes some minutes, once`);
  const environment = { ...process.env, GOBIN: join(tools, "bin"), CGO_ENABLED: "0", GOFLAGS: "" };
  environment.PATH = places.join(":");
  spawnSync("go", ["install", "-p", "2", "-trimpath", "-ldflags", "-s -w", go], {
    stdio: ["ignore", "inherit", "inherit"],
    env: environment,
    cwd: homedir(),
  });
};

/** Installs what is missing when that is possible; gives the requirements that are still not met. */
export const install = () => {
  const missing = () => requirements.filter(({ program }) => !has(program));
  const packages = missing().flatMap(({ debian }) => debian ?? []);
  if (packages.length > 0 && canInstall()) {
    console.log(`installing ${packages.join(" ")}`);
    apt(["update"]);
    apt(["install", "-y", "--no-install-recommends", ...packages]);
  }
  if (has("go")) for (const requirement of missing().filter(({ go }) => go !== undefined)) build(requirement);
  return missing();
};
