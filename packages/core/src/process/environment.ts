import type { SpawnOptions } from "../contracts/common.ts";
import { Secret } from "../contracts/secret.ts";

/** What a user's own command may see of the deployer's environment: nothing that opens a door. */
const allowed = [
  "TZ",
  "TMPDIR",
  "CI",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NODE_EXTRA_CA_CERTS",
];

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const revealed = (env: SpawnOptions["env"] = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, Secret.is(value) ? value.reveal() : value]),
  );

/** PATH, LANG and HOME, and what the caller adds. */
export const fixedEnvironment = (home: string, env?: SpawnOptions["env"]): Record<string, string> => ({
  PATH: process.env.PATH ?? defaultPath,
  LANG: "C.UTF-8",
  HOME: home,
  ...revealed(env),
});

/** The fixed environment with the few variables of the deployer that a build may need. */
export const commandEnvironment = (home: string, env?: SpawnOptions["env"]): Record<string, string> => {
  const inherited: Record<string, string> = {};
  for (const name of allowed) {
    const value = process.env[name];
    if (value !== undefined) inherited[name] = value;
  }
  return { ...inherited, ...fixedEnvironment(home, env) };
};
