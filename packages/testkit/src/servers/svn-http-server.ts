import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeServerCertificate } from "./certificate.ts";
import { mustRun } from "./command.ts";
import { freePort, waitForPort } from "./port.ts";

export interface SvnHttpServerOptions {
  /** The folder whose repositories are served. The server's own user must be able to read it. */
  readonly root: string;
  /** Whoever does not say these gets 401. Absent: everybody is served. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Where requests below `/moved` are redirected to: a URL, or a path of this server. */
  readonly redirectTo?: string;
  /** Default true. */
  readonly tls?: boolean;
}

/** An own Apache with mod_dav_svn on a random port of loopback, for HTTPS with a certificate of its own authority. */
export interface SvnHttpServer extends AsyncDisposable {
  /** Subversion finds no IP address in a certificate: it has this name. */
  readonly host: "localhost";
  readonly port: number;
  /** The file with the authority's certificate. */
  readonly authority: string;
  url(path: string): string;
  movedUrl(path: string): string;
  /** The lines of the access log: user, request and status of each. */
  requests(): Promise<readonly string[]>;
}

const host = "localhost";
const modules = [
  ["mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "alias"],
  ["dav", "dav_svn", "ssl", "socache_shmcb"],
].flat();

const passwordHash = async (password: string): Promise<string> =>
  (await mustRun("openssl", ["passwd", "-apr1", password])).trim();

const configOf = (directory: string, port: number, options: SvnHttpServerOptions): string => {
  const { root, login, redirectTo, tls = true } = options;
  const access =
    login === undefined
      ? "Require all granted"
      : `AuthType Basic\nAuthName svn\nAuthUserFile ${directory}/passwords\nRequire valid-user`;
  return `ServerRoot ${directory}
ServerName ${host}
PidFile ${directory}/httpd.pid
DefaultRuntimeDir ${directory}
Listen 127.0.0.1:${port}
${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join("\n")}
${process.getuid?.() === 0 ? "User www-data\nGroup www-data" : ""}
ErrorLog ${directory}/error.log
LogFormat "%u %r %>s" short
TransferLog ${directory}/access.log
CustomLog ${directory}/short.log short
StartServers 1
GracefulShutdownTimeout 1
${tls ? `SSLEngine on\nSSLCertificateFile ${directory}/server.pem\nSSLCertificateKeyFile ${directory}/server.key` : ""}
<Location /svn>
DAV svn
SVNParentPath ${root}
${access}
</Location>
${redirectTo === undefined ? "" : `Redirect permanent /moved ${redirectTo}`}
`;
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(late);
};

const launch = async (
  directory: string,
  options: SvnHttpServerOptions,
): Promise<{ child: ChildProcess; port: number } | string> => {
  const port = await freePort("127.0.0.1");
  const file = join(directory, "httpd.conf");
  await writeFile(file, configOf(directory, port, options));
  const child = spawn("/usr/sbin/apache2", ["-X", "-f", file], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.on("error", (error) => {
    said += error.message;
  });
  child.stderr?.on("data", (chunk) => {
    said = (said + String(chunk)).slice(-4000);
  });
  try {
    await waitForPort("127.0.0.1", port, () => (child.exitCode === null ? undefined : said || "it ended"));
    return { child, port };
  } catch (error) {
    await end(child);
    return String(error);
  }
};

/** Starts the real Apache. It needs apache2 and mod_dav_svn where Debian puts them. */
export const startSvnHttpServer = async (options: SvnHttpServerOptions): Promise<SvnHttpServer> => {
  const directory = await mkdtemp(join(tmpdir(), "hawser-svn-http-"));
  await chmod(directory, 0o755);
  const { authority } = await makeServerCertificate(directory, host);
  const { login } = options;
  if (login !== undefined)
    await writeFile(join(directory, "passwords"), `${login.user}:${await passwordHash(login.password)}\n`);
  let launched: Awaited<ReturnType<typeof launch>> = "";
  // A port found free may be taken before Apache binds it.
  for (let attempt = 0; attempt < 3 && typeof launched === "string"; attempt++) {
    launched = await launch(directory, options);
  }
  if (typeof launched === "string") {
    await rm(directory, { recursive: true, force: true });
    throw new Error(`apache2 did not start: ${launched}`);
  }
  const { child, port } = launched;
  const origin = `${options.tls === false ? "http" : "https"}://${host}:${port}`;
  return {
    host,
    port,
    authority,
    url: (path) => `${origin}/svn/${path}`,
    movedUrl: (path) => `${origin}/moved/${path}`,
    requests: async () => (await readFile(join(directory, "short.log"), "utf8")).trim().split("\n"),
    [Symbol.asyncDispose]: async () => {
      await end(child);
      await rm(directory, { recursive: true, force: true });
    },
  };
};
