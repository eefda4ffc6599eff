// What the suites need beside Node and npm: the program, where it comes from, and the suites that run it.
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where programs that are no Debian package are kept between runs. */
const tools = join(homedir(), ".cache/hawser-tools");

/** A version of Node beside the one that runs this, as the npm registry has it. */
const nodeOf = (version) => ({
  program: `node-${version}/node_modules/node-linux-${process.arch}/bin/node`,
  npm: { [`node-linux-${process.arch}`]: version },
  suites: ["test/packed"],
});

/**
 * Programs of the test servers: `debian` names a package, `go` a module that is built once (some minutes), `unpack` a
 * package whose program at `from` is copied out of it (FTP servers may not be installed beside each other; `debian` then
 * names the libraries), `pip` what a Python environment of its own holds, and `npm` what a folder of its own does, with the
 * `overrides` that it needs. `suites` are path patterns of vitest.
 */
export const requirements = [
  { program: "git", debian: "git", suites: ["source-git", "test/"] },
  {
    program: "sshd",
    debian: "openssh-server",
    suites: [
      "transport-ssh",
      "packages/ssh",
      "source-git",
      "source-rsync",
      "source-sftp",
      "source-svn",
      "test/",
    ],
  },
  {
    program: "ssh-keygen",
    debian: "openssh-client",
    suites: ["transport-ssh", "packages/ssh", "source-sftp", "source-svn", "test/"],
  },
  {
    program: "openssl",
    debian: "openssl",
    suites: [
      "core/test/http",
      "packages/ssh",
      "source-http",
      "source-sftp",
      "source-ftp",
      "source-svn",
      "listener-webhook",
    ],
  },
  { program: "haproxy", debian: "haproxy", suites: ["lb-haproxy", "test/"] },
  {
    program: "busybox",
    debian: "busybox",
    suites: ["core/test/host", "installer-java", "packages/s3", "storage-s3", "test/"],
  },
  { program: "sudo", debian: "sudo", suites: ["core/test/host"] },
  { program: "sqlite3", debian: "sqlite3", suites: ["test/"] },
  { program: "shellcheck", debian: "shellcheck", suites: ["core/test/host", "packages/s3"] },
  { program: "ip", debian: "iproute2", suites: ["transport-ssh", "packages/ssh", "test/"] },
  { program: "rsync", debian: "rsync", suites: ["source-rsync", "test/"] },
  { program: "curl", debian: "curl", suites: ["core/test/host", "storage-s3", "test/"] },
  { program: "runsv", debian: "runit", suites: ["test/"] },
  { program: "javac", debian: "default-jdk-headless", suites: ["test/"] },
  { program: "mvn", debian: "maven", suites: ["test/"] },
  { program: "tomcat10-instance-create", debian: "tomcat10-user", suites: ["test/"] },
  { program: "php-fpm8.2", debian: "php8.2-fpm", suites: ["test/"] },
  { program: "php8.2", debian: "php8.2-cli", suites: ["installer-php", "installer-symfony", "test/"] },
  { program: "composer", debian: "composer", suites: ["installer-php"] },
  // What has no program of its own is known by a file.
  {
    program: "/usr/lib/php/20220829/pdo_sqlite.so",
    debian: "php8.2-sqlite3",
    suites: ["test/"],
  },
  {
    program: "/usr/share/php/Symfony/Bundle/FrameworkBundle/autoload.php",
    debian: "php-symfony-framework-bundle",
    suites: ["installer-symfony", "test/"],
  },
  {
    program: "/usr/share/php/Symfony/Component/Dotenv/autoload.php",
    debian: "php-symfony-dotenv",
    suites: ["installer-symfony", "test/"],
  },
  { program: "zstd", debian: "zstd", suites: ["core/test/artifact", "core/test/host", "source-http"] },
  { program: "age", debian: "age", suites: ["core/test/host", "core/test/sealing", "test/"] },
  {
    program: "zip",
    debian: "zip",
    suites: ["core/test/artifact", "installer-java", "source-http", "source-jenkins", "packages/testkit"],
  },
  { program: "unzip", debian: "unzip", suites: ["core/test/artifact", "source-http"] },
  { program: "python3", debian: "python3", suites: ["core/test/artifact", "installer-java", "source-rsync"] },
  { program: "svn", debian: "subversion", suites: ["source-svn"] },
  { program: "svnserve", debian: "subversion", suites: ["source-svn"] },
  { program: "apache2", debian: ["apache2", "libapache2-mod-svn"], suites: ["source-svn"] },
  { program: "nginx", debian: "nginx-light", suites: ["source-http", "test/"] },
  { program: "faketime", debian: "faketime", suites: ["transport-ssh", "test/"] },
  { program: "tmux", debian: "tmux", suites: ["cli"] },
  { program: "chromium", debian: "chromium", suites: ["test/"] },
  {
    program: "minio",
    go: "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c",
    suites: ["source-s3", "storage-s3", "storage-minio", "test/"],
  },
  {
    program: "python3",
    debian: "python3-venv",
    suites: ["source-ftp", "storage-s3", "storage-minio", "test/"],
  },
  {
    program: "pure-ftpd",
    unpack: "pure-ftpd",
    from: "usr/sbin/pure-ftpd",
    debian: ["libcap2", "libsodium23"],
    suites: ["source-ftp"],
  },
  { program: "pure-pw", unpack: "pure-ftpd", from: "usr/bin/pure-pw", suites: ["source-ftp"] },
  {
    program: "vsftpd",
    unpack: "vsftpd",
    from: "usr/sbin/vsftpd",
    debian: ["libcap2", "libwrap0"],
    suites: ["source-ftp"],
  },
  {
    program: "pyftpdlib/bin/python",
    pip: ["pyftpdlib==2.2.0", "pyopenssl==26.4.0"],
    suites: ["source-ftp"],
  },
  {
    program: "moto/bin/python",
    pip: ["moto[server]==5.2.5"],
    suites: ["storage-s3", "storage-minio", "lb-aws", "inventory-aws", "test/"],
  },
  {
    program: "salt/bin/python",
    pip: ["salt==3008.4", "cherrypy==18.10.0"],
    suites: ["packages/salt", "transport-salt", "inventory-salt", "test/"],
  },
  {
    program: "actionlint",
    go: "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12",
    suites: ["test/packed"],
  },
  {
    program: "verdaccio-6.8.0/node_modules/.bin/verdaccio",
    npm: { verdaccio: "6.8.0" },
    // It asks for a tag of node-fetch that not every mirror serves.
    overrides: { "node-fetch": "2.7.0" },
    suites: ["test/packed"],
  },
  // The oldest that is promised, and the two lines that are kept up: test/packed/node-versions.ts names them too.
  nodeOf("20.19.0"),
  nodeOf("22.23.5"),
  nodeOf("24.22.3"),
];

const places = [
  ...(process.env.PATH ?? "").split(":"),
  "/usr/sbin",
  "/sbin",
  "/usr/local/sbin",
  "/usr/local/go/bin",
  join(tools, "bin"),
  tools,
];

export const has = (program) =>
  program.startsWith("/") ? existsSync(program) : places.some((place) => existsSync(`${place}/${program}`));

const canInstall = () => process.getuid?.() === 0 && existsSync("/etc/debian_version") && has("apt-get");

const apt = (args) =>
  spawnSync("apt-get", ["-qq", ...args], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });

/** The folder of an environment; a program of Python's is asked for by `python -m`, as the folder is moved into place. */
const folderOf = (program) => program.split("/")[0];

/** Where a missing program is to be had, for people. */
export const originOf = ({ program, debian, go, unpack, from, pip, npm }) => {
  if (go !== undefined) return `built by Go 1.24 or newer: go install ${go}`;
  if (unpack !== undefined) return `${from} of the Debian package ${unpack}, copied to ${join(tools, "bin")}`;
  if (pip !== undefined)
    return `a Python environment at ${join(tools, folderOf(program))} with ${pip.join(" ")}`;
  if (npm !== undefined)
    return `a folder ${join(tools, folderOf(program))} with ${Object.entries(npm).join(" ").replaceAll(",", "@")} of npm`;
  return `Debian package ${debian}`;
};

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

/** Takes one program out of a Debian package, without installing the package. */
const unpackOne = ({ program, unpack, from }) => {
  console.log(`unpacking ${program}`);
  mkdirSync(join(tools, "bin"), { recursive: true });
  const folder = mkdtempSync(join(tools, "unpack-"));
  const options = { cwd: folder, stdio: ["ignore", "ignore", "inherit"] };
  spawnSync("apt-get", ["-qq", "download", unpack], options);
  for (const archive of readdirSync(folder)) spawnSync("dpkg", ["-x", archive, "."], options);
  if (existsSync(join(folder, from))) {
    copyFileSync(join(folder, from), join(folder, program));
    renameSync(join(folder, program), join(tools, "bin", program));
  }
  rmSync(folder, { recursive: true });
};

/** Makes a Python environment; it is at its place whole or not at all. */
const makePython = ({ program, pip }) => {
  console.log(`installing ${pip.join(" ")} for Python`);
  mkdirSync(tools, { recursive: true });
  const folder = mkdtempSync(join(tools, "python-"));
  const options = { stdio: ["ignore", "ignore", "inherit"] };
  const made = spawnSync("python3", ["-m", "venv", folder], options).status === 0;
  const argv = ["-m", "pip", "--quiet", "--disable-pip-version-check", "install", ...pip];
  const whole = made && spawnSync(join(folder, "bin/python"), argv, options).status === 0;
  if (whole) renameSync(folder, join(tools, folderOf(program)));
  else rmSync(folder, { recursive: true });
};

/** Installs packages of npm into a folder; it is at its place whole or not at all. */
const makeFolder = ({ program, npm, overrides }) => {
  console.log(`installing ${Object.keys(npm).join(" ")} with npm`);
  mkdirSync(tools, { recursive: true });
  const folder = mkdtempSync(join(tools, "npm-"));
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ private: true, dependencies: npm, overrides }),
  );
  const argv = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const options = { cwd: folder, stdio: ["ignore", "ignore", "inherit"] };
  const whole = spawnSync("npm", argv, options).status === 0;
  if (whole) renameSync(folder, join(tools, folderOf(program)));
  else rmSync(folder, { recursive: true });
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
  if (has("apt-get") && has("dpkg"))
    for (const requirement of missing().filter(({ unpack }) => unpack !== undefined)) unpackOne(requirement);
  if (has("python3"))
    for (const requirement of missing().filter(({ pip }) => pip !== undefined)) makePython(requirement);
  for (const requirement of missing().filter(({ npm }) => npm !== undefined)) makeFolder(requirement);
  return missing();
};
