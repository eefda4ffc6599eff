import { HawserError, type SpawnResult } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { SvnRequest } from "./svn-request.ts";
import { hrefOf, type SvnUrl } from "./svn-url.ts";

/**
 * What svn and ssh write on standard error and what it means: the numbers of svn 1.10 to 1.14, whose texts change with
 * the language and the version, and the texts of OpenSSH 8 to 10. The first that fits is taken.
 */
const readings: readonly {
  readonly text: RegExp;
  readonly error: (url: SvnUrl, output: string) => HawserError;
}[] = [
  {
    text: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for \S+ has changed|REVOKED HOST KEY/,
    error: (url, output) => errors.HWS_SVN_HOST_KEY([knownHostsName(url), true], { output }),
  },
  {
    text: /Host key verification failed|No \S+ host key is known for/,
    error: (url, output) => errors.HWS_SVN_HOST_KEY([knownHostsName(url), false], { output }),
  },
  {
    text: /^\S+: Permission denied \(|Too many authentication failures|Load key .*: |E(170001|215004|175013|170002|220001|220004):/m,
    error: (url, output) => errors.HWS_SVN_AUTH([hrefOf(url)], { output }),
  },
  {
    text: /E155000: .* administrative directory/,
    error: (_url, output) =>
      errors.HWS_SVN_TREE_NAME([".svn", "Subversion keeps its own data under this name"], { output }),
  },
  {
    text: /E125009:/,
    error: (_url, output) => errors.HWS_SVN_OPTION(["ca", "svn cannot read the certificates"], { output }),
  },
  {
    text: /E230001:/,
    error: (url, output) => errors.HWS_SVN_CERTIFICATE([hrefOf(url)], { output }),
  },
  {
    text: /E(170011|195019):/,
    error: (url, output) => errors.HWS_SVN_REDIRECT([hrefOf(url)], { output }),
  },
  {
    text: /E(210005|180001|175009|175003):|E170013:.*\n.*E000002:/,
    error: (url, output) => errors.HWS_SVN_NO_REPOSITORY([hrefOf(url)], { output }),
  },
  {
    text: /E(0000(32|98)|0001(0\d|1\d)|6700\d\d|210002|210004|175012|175002|120\d\d\d|170013):|Connection (refused|reset|closed|timed out)|Name or service not known|Temporary failure in name resolution|kex_exchange_identification/,
    error: (url, output) => errors.HWS_SVN_NETWORK([hrefOf(url)], { output }),
  },
];

/** The name a key has in known_hosts: with the port when it is not 22. */
const knownHostsName = ({ host, port = 22 }: SvnUrl): string => (port === 22 ? host : `[${host}]:${port}`);

const lastLines = (text: string): string => text.trim().split("\n").slice(-12).join("\n").slice(-2000);

/** Makes the error of an svn that ended badly. */
export const readFailure = ({ command, server }: SvnRequest, result: SpawnResult): HawserError => {
  const output = lastLines(result.stderr);
  // A path or number that is missing is a fact about it; who asked for it knows what it means.
  if (server !== undefined && isElsewhere(output, server.url))
    return errors.HWS_SVN_REDIRECT([hrefOf(server.url)], { output });
  const found = server === undefined || isMissing(output) ? undefined : reading(output);
  if (server !== undefined && found !== undefined) return found.error(server.url, output);
  const how =
    result.exitCode === null ? `was ended by ${result.signal}` : `ended with exit code ${result.exitCode}`;
  return errors.HWS_SVN_FAILED([command, how], { output });
};

const reading = (output: string) => readings.find(({ text }) => text.test(output));

/** svn names the URL that it could not reach: after a redirect it is another server's. */
const isElsewhere = (output: string, url: SvnUrl): boolean => {
  const tried = /Unable to connect to a repository at URL '([^']*)'/.exec(output)?.[1];
  return tried !== undefined && !tried.startsWith(hrefOf({ ...url, path: "" }));
};

/** The server has no such path or revision number. */
const isMissing = (output: string | undefined): boolean =>
  /[EW](160013|160006|160005|170000|195012|175007):/.test(output ?? "") &&
  !/E1700(01|13):/.test(output ?? "");

/** True for the failure of an svn that did not find what it was asked for. */
export const isMissingFailure = (error: unknown): boolean =>
  HawserError.is(error, "HWS_SVN_FAILED") && isMissing((error as HawserError).output);

/** True for a failure that says nothing about the server: the working copy in the cache may be what is broken. */
export const isLocalFailure = (error: unknown): boolean =>
  HawserError.is(error, "HWS_SVN_FAILED") && !isMissingFailure(error);
